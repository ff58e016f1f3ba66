"""Anime and anime pictures on the playground's page: the whole bot, the sample services, and a person in a browser."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.support.browser import find_browser, run_command, turn_to
from tests.support.page_scene import open_visit

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(find_browser() is None, reason="no Chromium found (set CHROMIUM to its path)"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def tab(browser_tab: Page) -> AsyncGenerator[Page]:
    async with open_visit(browser_tab):
        yield browser_tab


async def expect_drawn(picture: Locator) -> None:
    await expect(picture).to_be_visible()
    await expect(picture).not_to_have_js_property("naturalWidth", 0)


async def test_the_card_of_an_anime_has_its_cover_and_its_pages(tab: Page) -> None:
    card = await run_command(tab, "anime info", {"title": "Steins;Gate"})
    await expect(card.get_by_role("heading")).to_have_text("Steins;Gate")
    await expect_drawn(card.get_by_role("img", name="Cover of Steins;Gate"))
    await turn_to(card, "Characters")
    await expect(card).to_contain_text("Main · voiced by")


async def test_a_misspelt_title_is_understood_on_the_first_try(tab: Page) -> None:
    answer = await run_command(tab, "vn info", {"title": "stiens gate"})
    await expect(answer).to_contain_text("Did you mean one of these?")
    await expect(answer.get_by_role("button", name="STEINS;GATE (2009)")).to_be_visible()


async def test_a_list_of_anime_has_a_next_page_and_leads_to_a_card_and_back(tab: Page) -> None:
    page = await run_command(tab, "anime top")
    await page.get_by_role("button", name="Next").click()
    await expect(page).to_contain_text("Page 2")
    menu = page.locator(".s-root").first
    await menu.get_by_role("combobox").click()
    await menu.get_by_role("option").first.click()
    await expect(page.get_by_role("link", name="Open on AniList")).to_be_visible()
    await page.get_by_role("button", name="Back").click()
    await expect(page).to_contain_text("Page 2")


async def test_a_picture_is_drawn_and_the_next_one_replaces_it(tab: Page) -> None:
    card = await run_command(tab, "image random")
    picture = card.locator(".c-gallery img")
    await expect_drawn(picture)
    shown = await picture.get_attribute("src")
    assert shown is not None
    for last in (False, False, True):  # the next one may, by chance, be the same
        await card.get_by_role("button", name="Next").click()
        try:
            await expect(picture).not_to_have_attribute("src", shown, timeout=5_000)
            break
        except AssertionError:
            if last:
                raise
    await expect_drawn(picture)


async def test_what_is_followed_is_listed_and_ended(tab: Page) -> None:
    followed = await run_command(tab, "follow anime", {"title": "Hoshi wo Hirou Hito"})
    await expect(followed).to_contain_text("Hoshi wo Hirou Hito")
    listed = await run_command(tab, "follow list")
    await expect(listed).to_contain_text("Hoshi wo Hirou Hito")
    ended = await run_command(tab, "follow stop", {"follow": "Hoshi wo Hirou Hito"})
    await expect(ended).to_contain_text("Hoshi wo Hirou Hito")
    await expect(await run_command(tab, "follow list")).not_to_contain_text("Hoshi wo Hirou Hito")
