"""Everything that runs while the page is tried: a browser, the page, the local Discord and a small bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot.playground.engine import LocalDiscord, World
from bot.playground.page import PlaygroundPage
from tests.support.browser import ARGUMENTS, find_browser
from tests.support.connected import pointed_at
from tests.support.page_bot import PageBot

DATA_NOTE = "sample data: titles are real, ratings are invented"


@dataclass
class Scene:
    """Everything that runs during one test."""

    discord: LocalDiscord
    bot: PageBot
    tab: Page
    errors: list[str]

    @property
    def world(self) -> World:
        return self.discord.world

    def message(self, text: str) -> Locator:
        return self.tab.get_by_role("log").locator("> li").filter(has_text=text)

    async def hear(self) -> tuple[str, str]:
        """What the bot hears next of people's messages."""
        return await asyncio.wait_for(self.bot.seen.get(), 30)

    def composer(self, name: str = "#general") -> Locator:
        return self.tab.get_by_role("combobox", name=f"Message {name}")

    async def open_command(self, name: str, *, place: str = "#general") -> None:
        """Type a command's name and choose it with the keyboard."""
        await self.composer(place).fill(f"/{name}")
        await self.tab.get_by_role("option", name=f"/{name}").wait_for()
        await self.tab.keyboard.press("Enter")

    async def run_command(self, name: str, *, place: str = "#general") -> None:
        """The same, for a command without options."""
        await self.open_command(name, place=place)
        await self.tab.keyboard.press("Enter")

    async def show_card(self) -> Locator:
        """Ask for a card with the keyboard alone; returns its message."""
        await self.open_command("book show")
        await self.tab.keyboard.type("steins")
        await self.tab.get_by_role("option", name="Steins;Gate (2009, Japanese)").wait_for()
        await self.tab.keyboard.press("Enter")
        await self.tab.keyboard.press("Enter")
        card = self.message("volume 1")
        await card.wait_for()
        return card


@asynccontextmanager
async def open_browser() -> AsyncGenerator[Browser]:
    """The browser itself, for all tests of a module."""
    expect.set_options(timeout=30_000)  # a busy machine is slow
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield browser
        await browser.close()


@asynccontextmanager
async def open_scene(browser: Browser) -> AsyncGenerator[Scene]:
    """A tab on a playground with `PageBot`. Whatever the page complains of fails the test at the end."""
    async with LocalDiscord() as local:
        page = PlaygroundPage(local, port=0, data_note=DATA_NOTE)
        await page.start()
        with pointed_at(local):
            bot = PageBot(picture=f"{page.url}icon.svg")
            running = asyncio.create_task(bot.start(local.token))
            await asyncio.wait_for(bot.synced.wait(), 30)
            tab, errors = await open_tab(browser, page.url)
            yield Scene(local, bot, tab, errors)
            await tab.close()
            await bot.close()
            await running
        await page.stop()
    assert errors == []


async def open_tab(browser: Browser, url: str) -> tuple[Page, list[str]]:
    """A tab with the page in it, and the list of what it complains of from now on."""
    tab = await browser.new_page(viewport={"width": 1280, "height": 1000})
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    await tab.goto(url)
    await tab.get_by_role("navigation").get_by_role("button").first.wait_for()  # it knows the channels, and shows one
    return tab, errors
