"""Everything that runs while the page is tried: a browser, the page, the local Discord and a small bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import ConsoleMessage, Error, Locator, Page, async_playwright, expect

from bot.client import point_discord_at
from bot.config import Config
from bot.playground.engine import LocalDiscord, World
from bot.playground.page import PlaygroundPage
from bot.playground.run import open_playground
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
async def open_tab() -> AsyncGenerator[Page]:
    """A browser with one tab, for all tests of a process: a tab of its own is two thirds of a test's work."""
    expect.set_options(timeout=30_000)  # a busy machine is slow
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield await browser.new_page()
        await browser.close()


@asynccontextmanager
async def showing(tab: Page, url: str) -> AsyncGenerator[None]:
    """The page in this tab. Whatever it complains of fails the test at the end."""
    errors: list[str] = []

    def keep_error(error: Error) -> None:
        errors.append(str(error))

    def keep_line(line: ConsoleMessage) -> None:
        if line.type == "error":
            errors.append(line.text)

    await tab.set_viewport_size({"width": 1280, "height": 1000})
    tab.on("pageerror", keep_error)
    tab.on("console", keep_line)
    await tab.goto(url)
    await tab.get_by_role("navigation").get_by_role("button").first.wait_for()  # it knows the channels, and shows one
    yield
    await tab.goto("about:blank")
    tab.remove_listener("pageerror", keep_error)
    tab.remove_listener("console", keep_line)
    assert errors == []


@asynccontextmanager
async def open_scene(tab: Page) -> AsyncGenerator[Scene]:
    """The tab on a playground with `PageBot`."""
    async with LocalDiscord() as local:
        page = PlaygroundPage(local, port=0, data_note=DATA_NOTE)
        await page.start()
        with pointed_at(local):
            bot = PageBot(picture=f"{page.url}icon.svg")
            running = asyncio.create_task(bot.start(local.token))
            await asyncio.wait_for(bot.synced.wait(), 30)
            async with showing(tab, page.url):
                yield Scene(local, bot, tab)
            await bot.close()
            await running
        await page.stop()


@asynccontextmanager
async def open_visit(tab: Page) -> AsyncGenerator[None]:
    """The tab on a playground with the whole bot, which is connected."""
    async with open_playground(Config(), live=False, port=0) as page, showing(tab, page.url):
        await expect(tab.get_by_text("is not connected yet")).to_have_count(0)
        yield
    default = Config()
    point_discord_at(api_url=default.discord_api_url, gateway_url=default.discord_gateway_url)
