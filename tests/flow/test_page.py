"""The playground's page in a real browser, with the real bot behind it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.client import point_discord_at
from bot.config import Config
from bot.playground.run import open_playground
from tests.support.browser import ARGUMENTS, find_browser

BROWSER = find_browser()
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed (CHROMIUM may name one)")


@pytest.fixture
async def tab() -> AsyncGenerator[Page]:
    async with open_playground(Config(), live=False, port=0) as page, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        opened = await browser.new_page(viewport={"width": 1180, "height": 900})
        await opened.goto(page.url)
        yield opened
        await browser.close()
    default = Config()
    point_discord_at(api_url=default.discord_api_url, gateway_url=default.discord_gateway_url)


async def choose_command(tab: Page, name: str) -> None:
    composer = tab.get_by_role("combobox", name="Message #general")
    await composer.fill(f"/{name}")
    await tab.get_by_role("option", name=f"/{name}").wait_for()
    await tab.keyboard.press("Enter")


async def test_search_completes_and_answers_with_a_card(tab: Page) -> None:
    await choose_command(tab, "vn search")
    await tab.keyboard.type("steins", delay=30)
    await tab.get_by_role("option", name="STEINS;GATE (2009, Japanese)").click()
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("heading", name="STEINS;GATE")).to_be_visible()
    await expect(tab.get_by_role("link", name="View on VNDB")).to_have_attribute("href", "https://vndb.org/v2002")


async def test_random_answers_with_a_card_and_another_one(tab: Page) -> None:
    await choose_command(tab, "vn random")
    await tab.keyboard.press("Enter")
    card = tab.get_by_role("article")
    await expect(card.get_by_role("link", name="View on VNDB")).to_be_visible()
    first = await card.inner_text()
    for _ in range(3):  # the same novel may be drawn again, but hardly three times
        await card.get_by_role("button", name="Another one").click()
        await tab.wait_for_timeout(300)
        if await card.inner_text() != first:
            break
    assert await card.inner_text() != first
    await expect(tab.get_by_role("article")).to_have_count(1)
