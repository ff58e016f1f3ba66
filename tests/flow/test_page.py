"""The playground's page in a real browser, with the real bot behind it."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.support.browser import choose_command, find_browser, run_command, turn_to
from tests.support.page_scene import open_visit

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(find_browser() is None, reason="no Chromium found (set CHROMIUM to its path)"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def tab(browser_tab: Page) -> AsyncGenerator[Page]:
    async with open_visit(browser_tab):
        yield browser_tab


async def is_loaded(picture: Locator) -> bool:
    return bool(await picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0, () => false)"))


async def test_search_completes_and_answers_with_a_card(tab: Page) -> None:
    await choose_command(tab, "vn info")
    await tab.keyboard.type("steins", delay=30)
    await tab.get_by_role("option", name="STEINS;GATE (2009, Japanese)").click()
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("heading", name="STEINS;GATE")).to_be_visible()
    await expect(tab.get_by_role("link", name="Open on VNDB")).to_have_attribute("href", "https://vndb.org/v2002")


async def test_the_last_of_several_tags_is_completed(tab: Page) -> None:
    await choose_command(tab, "vn search")
    await tab.get_by_role("button", name="Add option tags").click()
    await tab.keyboard.type("Time Travel, myst", delay=30)
    offered = tab.get_by_role("listbox", name="Suggestions").get_by_role("option")
    await expect(offered).to_have_text(["Time Travel, Mystery"])


async def test_random_answers_with_a_card_and_another_one(tab: Page) -> None:
    card = await run_command(tab, "vn random")
    await expect(card.get_by_role("link", name="Open on VNDB")).to_be_visible()
    first = await card.inner_text()
    for _ in range(3):  # the same novel may be drawn again, but hardly three times
        await card.get_by_role("button", name="Another one").click()
        await tab.wait_for_timeout(300)
        if await card.inner_text() != first:
            break
    assert await card.inner_text() != first
    await expect(tab.get_by_role("article")).to_have_count(1)


async def test_a_page_of_a_card_takes_the_place_of_the_one_before(tab: Page) -> None:
    card = await run_command(tab, "vn info", {"title": "v2002"})
    await turn_to(card, "Characters")
    await expect(card).to_contain_text("Okabe Rintarou")
    await turn_to(card, "Overview")
    await expect(card).to_contain_text("8.68/10 (13,189 votes)")
    await expect(tab.get_by_role("article")).to_have_count(1)


async def test_a_picture_of_a_gallery_that_is_a_spoiler_opens_on_a_click(tab: Page) -> None:
    await tab.get_by_role("button", name="after-dark, age-restricted").click()
    card = await run_command(tab, "vn info", {"title": "v11"})
    await turn_to(card, "Screenshots")
    pictures = card.locator(".c-gallery").get_by_role("img")
    shown = await pictures.count()
    await card.get_by_role("button", name="Show the picture (spoiler)").first.click()
    await expect(pictures).to_have_count(shown + 1)


async def test_what_was_opened_stays_open_when_the_message_is_drawn_again(tab: Page) -> None:
    await tab.get_by_role("button", name="after-dark, age-restricted").click()
    card = await run_command(tab, "vn info", {"title": "v11"})
    await turn_to(card, "Screenshots")
    await card.get_by_role("button", name="Show the picture (spoiler)").first.click()
    shown = await card.locator(".c-gallery").get_by_role("img").count()
    drawn = await card.locator(".c-gallery").element_handle()
    await turn_to(card, "Screenshots")
    await tab.wait_for_function("gallery => !gallery.isConnected", arg=drawn)
    await expect(card.locator(".c-gallery").get_by_role("img")).to_have_count(shown)


async def test_the_menu_of_pages_keeps_the_focus_when_a_page_is_turned(tab: Page) -> None:
    card = await run_command(tab, "vn info", {"title": "v2002"})
    await turn_to(card, "Quotes")
    await expect(card).to_contain_text("El Psy Kongroo")
    await expect(card.locator(".s-root").last.get_by_role("combobox")).to_be_focused()


async def test_a_chart_that_is_attached_is_a_picture_with_a_description(tab: Page) -> None:
    card = await run_command(tab, "vndb user", {"user": "AyaReads"})
    chart = card.locator(".c-gallery").get_by_role("img")
    await expect(chart).to_have_attribute("alt", re.compile(r"\d"))
    assert await is_loaded(chart)


async def test_the_spoilers_come_in_a_message_of_ones_own(tab: Page) -> None:
    card = await run_command(tab, "vn info", {"title": "v2002"})
    await card.get_by_role("button", name="Show spoilers to me").click()
    copy = tab.get_by_role("article").filter(has_text="Only you can see this")
    await expect(copy.get_by_role("heading", name="STEINS;GATE")).to_be_visible()
    await tab.get_by_role("combobox", name="You are").select_option(label="Moderator")
    await expect(tab.get_by_role("article")).to_have_count(1)


async def test_somebody_elses_press_leaves_the_message_as_it_is(tab: Page) -> None:
    card = await run_command(tab, "vn info", {"title": "v2002"})
    await tab.get_by_role("combobox", name="You are").select_option(label="Moderator")
    await turn_to(card, "Releases")
    copy = tab.get_by_role("article").filter(has_text="Only you can see this")
    await expect(copy).to_contain_text("Steins;Gate Divergencies Assort")
    await expect(card).to_contain_text("8.68/10 (13,189 votes)")


async def test_a_command_and_its_option_can_be_typed_in_one_go(tab: Page) -> None:
    await tab.get_by_role("combobox", name="Message #general").fill("/vn info v2002")
    box = tab.get_by_role("combobox", name="title", exact=True)
    await expect(box).to_have_value("v2002")
    await expect(box).to_be_focused()
    await tab.get_by_role("button", name="Send command").click()
    await expect(tab.get_by_role("article").get_by_role("heading", name="STEINS;GATE")).to_be_visible()
