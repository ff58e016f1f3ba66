"""Which browser the page is tried in, how it is started, and what a person does on the page."""

from __future__ import annotations

import os
import shutil

from playwright.async_api import Locator, Page, expect

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser() -> str | None:
    """The path of a Chromium: the one that CHROMIUM names, or one that is installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


async def choose_command(tab: Page, name: str) -> None:
    """Types a command's name and chooses it with the keyboard."""
    await tab.get_by_role("main").get_by_role("combobox", name="Message ").fill(f"/{name}")
    await tab.get_by_role("option", name=f"/{name}").first.wait_for()
    await tab.keyboard.press("Enter")


async def run_command(tab: Page, name: str, options: dict[str, str] | None = None) -> Locator:
    """Runs `/name` with the options as they would be typed; returns the message that answers."""
    messages = tab.get_by_role("log").get_by_role("article")
    before = await messages.count()
    await choose_command(tab, name)
    for option, text in (options or {}).items():
        box = tab.get_by_role("combobox", name=option, exact=True)
        if not await box.count():
            await tab.get_by_role("button", name=f"Add option {option}", exact=True).click()
        await box.fill(text)
    await tab.get_by_role("button", name="Send command").click()
    await expect(messages).to_have_count(before + 1)
    await expect(tab.locator(".m-thinking")).to_have_count(0)
    return messages.nth(before)


async def turn_to(card: Locator, page: str) -> None:
    """Chooses a page of a card: its menu of pages is the last select."""
    menu = card.locator(".s-root").last
    await menu.get_by_role("combobox").click()
    await menu.get_by_role("option", name=page, exact=True).click()
    await expect(card.locator("[aria-busy]")).to_have_count(0)
