"""Previews and settings on the playground's page: the whole bot, the sample services, and a person in a browser."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bot.playground.service import Sample
from bot.playground.service.ehentai.library import load_library
from tests.support.browser import choose_command, find_browser, run_command, turn_to
from tests.support.page_scene import open_visit

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(find_browser() is None, reason="no Chromium found (set CHROMIUM to its path)"),
]

GALLERY = load_library()[Sample.PLAIN]
OTHER = load_library()[Sample.MANGA]
NOVEL = "https://vndb.org/v2002"
AFTER_DARK = "after-dark, age-restricted"


@dataclass
class Visit:
    """A person on the page."""

    tab: Page

    @property
    def messages(self) -> Locator:
        """Not every article is one: what Discord shows of a link by itself is an article in a message."""
        return self.tab.get_by_role("log").locator("> li")

    def message(self, text: str) -> Locator:
        return self.messages.filter(has_text=text)

    @property
    def previews(self) -> Locator:
        """The bot's replies, under which it says so."""
        buttons = self.tab.get_by_role("button", name="Remove")
        return self.messages.filter(has=buttons)

    async def go(self, channel: str) -> None:
        await self.tab.get_by_role("navigation").get_by_role("button", name=channel, exact=True).click()

    async def become(self, name: str) -> None:
        await self.tab.get_by_role("combobox", name="You are").select_option(label=name)

    async def post(self, text: str) -> None:
        await self.tab.get_by_role("main").get_by_role("combobox", name="Message ").fill(text)
        await self.tab.keyboard.press("Enter")

    async def edit(self, message: Locator, text: str) -> None:
        await message.hover()
        await message.get_by_role("button", name="Edit").click()
        await self.tab.get_by_role("textbox", name="Edit message").fill(text)
        await self.tab.keyboard.press("Enter")

    async def switch(self, panel: Locator, field: str, *, to: str) -> None:
        """Presses the switch beside a field's name."""
        button = panel.locator(".c-section").filter(has_text=field).get_by_role("button")
        await button.click()
        await expect(button).to_have_text(to)


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser_tab: Page) -> AsyncGenerator[Visit]:
    async with open_visit(browser_tab):
        yield Visit(browser_tab)


# Previews


async def test_a_gallery_link_in_an_age_restricted_channel_gets_its_card_with_a_picture(visit: Visit) -> None:
    await visit.go(AFTER_DARK)
    await visit.post(GALLERY.url)
    await expect(visit.previews.get_by_role("heading")).to_have_text(GALLERY.title)
    cover = visit.previews.get_by_role("img", name="Cover")
    await expect(cover).to_be_visible()
    await expect(cover).not_to_have_js_property("naturalWidth", 0)
    await expect(visit.previews.get_by_role("link", name="Open")).to_have_attribute("href", GALLERY.url)


async def test_the_same_link_in_another_channel_gets_none(visit: Visit) -> None:
    await visit.post(GALLERY.url)
    await visit.go(AFTER_DARK)
    await visit.post(GALLERY.url)
    await expect(visit.previews).to_have_count(1)
    await visit.go("general")
    await expect(visit.message(GALLERY.url)).to_have_count(1)
    await expect(visit.message("Shiori")).to_have_count(0)


async def test_a_thread_and_a_post_of_an_age_restricted_channel_are_so_too(visit: Visit) -> None:
    for place in (
        "Late shift, age-restricted",
        "What this is for, age-restricted",
        "Reading room, late, age-restricted",
    ):
        await visit.go(place)
        await visit.post(GALLERY.url)
        await expect(visit.previews).to_have_count(1)


async def test_discords_own_embed_is_hidden_under_a_previewed_link_and_shown_elsewhere(visit: Visit) -> None:
    await visit.go(AFTER_DARK)
    await visit.post(GALLERY.url)
    await expect(visit.previews).to_have_count(1)
    await visit.go("general")
    await visit.post(GALLERY.url)
    embeds = visit.tab.get_by_role("article", name="e-hentai.org")
    await expect(embeds).to_have_count(1)
    await visit.go(AFTER_DARK)
    await expect(visit.message(GALLERY.url).first).to_be_visible()
    await expect(embeds).to_have_count(0)


async def test_an_edit_changes_the_preview_and_takes_it_away(visit: Visit) -> None:
    await visit.go(AFTER_DARK)
    await visit.post(f"look: {GALLERY.url}")
    await expect(visit.previews.get_by_role("heading")).to_have_text(GALLERY.title)
    mine = visit.message("look:").first
    await visit.edit(mine, f"look: {OTHER.url}")
    await expect(visit.previews.get_by_role("heading")).to_have_text(OTHER.title)
    await visit.edit(mine, "look: nothing")
    await expect(visit.previews).to_have_count(0)


async def test_the_preview_goes_with_its_message(visit: Visit) -> None:
    await visit.go(AFTER_DARK)
    await visit.post(GALLERY.url)
    await expect(visit.previews).to_have_count(1)
    mine = visit.message(GALLERY.url).first
    await mine.hover()
    await mine.get_by_role("button", name="Delete").click()
    await expect(visit.tab.get_by_role("log").get_by_role("article")).to_have_count(0)


async def test_a_preview_is_removed_by_who_posted_the_link_and_by_nobody_else(visit: Visit) -> None:
    await visit.become("Owner")
    await visit.go(AFTER_DARK)
    await visit.post(GALLERY.url)
    await expect(visit.previews).to_have_count(1)
    await visit.become("Reader")
    await visit.previews.get_by_role("button", name="Remove").click()
    await expect(visit.message("Only you can see this")).to_contain_text("can remove its preview")
    await visit.become("Owner")
    await visit.previews.get_by_role("button", name="Remove").click()
    await expect(visit.previews).to_have_count(0)


async def test_the_preview_of_a_spoilered_link_is_covered_until_it_is_opened(visit: Visit) -> None:
    await visit.go(AFTER_DARK)
    await visit.post(f"||{GALLERY.url}||")
    await expect(visit.previews).to_have_count(1)
    await expect(visit.previews.get_by_role("heading")).to_have_count(0)
    await visit.previews.get_by_role("button", name="Show the card (spoiler)").click()
    await expect(visit.previews.get_by_role("heading")).to_have_text(GALLERY.title)


async def test_the_torrents_under_a_preview_are_for_who_asks(visit: Visit) -> None:
    await visit.go(AFTER_DARK)
    await visit.post(GALLERY.url)
    await visit.previews.get_by_role("button", name="Show more").click()
    answer = visit.message("Only you can see this")
    await turn_to(answer, "Torrents (2)")
    await expect(answer).to_contain_text(GALLERY.torrents[0].name)
    await expect(answer).to_contain_text(f"magnet:?xt=urn:btih:{GALLERY.torrents[0].hash}")


async def test_the_menu_of_a_message_previews_its_links_for_who_asks(visit: Visit) -> None:
    await visit.go(AFTER_DARK)
    await visit.post(f"look: {GALLERY.url}")
    await expect(visit.previews).to_have_count(1)
    await visit.message("look:").first.click(button="right", position={"x": 300, "y": 5})
    await visit.tab.get_by_role("menuitem", name="Preview links").click()
    await expect(visit.message("Only you can see this").get_by_role("heading")).to_have_text(GALLERY.title)


async def test_a_link_to_try_is_put_into_the_composer(visit: Visit) -> None:
    await visit.go(AFTER_DARK)
    await visit.tab.get_by_role("group", name="Links to try").get_by_role("button", name="a gallery").click()
    await visit.tab.keyboard.press("Enter")
    await expect(visit.previews.get_by_role("heading")).to_have_text(GALLERY.title)


# Settings


def read_stored(path: Path) -> dict[str, Any]:
    return json.loads(path.read_bytes())


async def test_a_switch_of_the_panel_has_its_effect(visit: Visit) -> None:
    await visit.become("Moderator")
    panel = await run_command(visit.tab, "settings server")
    await visit.switch(panel, "VNDB links", to="Off")
    await visit.become("Reader")
    await visit.post(NOVEL)
    await visit.post("https://anilist.co/anime/9253")
    await expect(visit.previews).to_have_count(1)
    await expect(visit.previews).to_contain_text("AniList")


@pytest.mark.parametrize("page", ["Previews", "Where and who", "What is shown"])
async def test_each_page_of_the_panel_fits_two_screens_of_a_phone(visit: Visit, page: str) -> None:
    await visit.become("Moderator")
    panel = await run_command(visit.tab, "settings server")
    if page != "Previews":
        await panel.get_by_role("combobox").first.click()
        await panel.get_by_role("option", name=page).click()
        await expect(panel.locator("[aria-busy]")).to_have_count(0)
    await visit.tab.set_viewport_size({"width": 390, "height": 844})
    box = await panel.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) <= (390, 2 * 844)
    assert box["height"] <= 2 * 844


@pytest.mark.parametrize(("width", "height"), [(1000, 34), (390, 40)])
async def test_what_the_page_is_can_be_read_whole(visit: Visit, width: int, height: int) -> None:
    await visit.tab.set_viewport_size({"width": width, "height": 844})
    notice = visit.tab.get_by_role("note", name="About this page")
    await expect(notice).to_contain_text("Nothing leaves this machine.")
    parts = "[notice, ...notice.children].filter((one) => one.scrollWidth > one.clientWidth && one.clientWidth > 0)"
    assert await notice.evaluate(f"(notice) => {parts}.length") == 0
    box = await notice.bounding_box()
    assert box is not None
    assert box["height"] < height


async def test_whoever_is_named_with_an_at_sign_is_mentioned(visit: Visit) -> None:
    said = await run_command(visit.tab, "vndb user", {"user": "@Moderator"})
    await expect(said).to_contain_text("The member has not linked an account on VNDB")


async def test_a_message_that_mentions_the_bot_is_answered(visit: Visit) -> None:
    await visit.post("@Shiori what can you do?")
    await expect(visit.messages.last).to_contain_text("All commands")


async def test_a_command_for_adults_can_be_tried_in_direct_messages(visit: Visit) -> None:
    await visit.go("Shiori")
    await visit.tab.get_by_role("main").get_by_role("combobox", name="Message @Shiori").fill("/gallery")
    await expect(visit.tab.get_by_role("option", name="/gallery preview")).to_be_visible()


async def test_the_first_screen_fits_a_phone_and_says_what_to_try(visit: Visit) -> None:
    await visit.tab.set_viewport_size({"width": 390, "height": 844})
    assert await visit.tab.evaluate("document.documentElement.scrollWidth") <= 390
    things = visit.tab.get_by_role("list", name="Three things to try")
    await expect(things.get_by_role("listitem")).to_have_count(3)
    await things.get_by_role("button", name="a novel").click()
    await visit.tab.keyboard.press("Enter")
    await expect(visit.previews).to_contain_text("STEINS;GATE")
    await things.get_by_role("button", name="/help").click()
    await visit.tab.get_by_role("button", name="Send command").click()
    await expect(visit.message("Only you can see this")).to_contain_text("Visual novels")


async def test_after_a_line_about_tokens_it_is_said_that_a_link_is_to_be_posted(visit: Visit) -> None:
    await visit.go(AFTER_DARK)
    said = visit.tab.locator("#welcome")
    await expect(said).to_contain_text("A VNDB token to link:")
    await expect(said).to_contain_text("Post a link, then edit or delete your message: the card follows.")


async def test_blocked_tags_are_typed_into_a_form_and_have_their_effect(visit: Visit) -> None:
    await visit.become("Moderator")
    await visit.go(AFTER_DARK)
    panel = await run_command(visit.tab, "settings server")
    await panel.get_by_role("combobox").first.click()
    await panel.get_by_role("option", name="What is shown").click()
    await panel.get_by_role("button", name="Edit").last.click()
    form = visit.tab.get_by_role("dialog", name="Blocked tags")
    await form.get_by_role("textbox", name="Tags").fill("Parody:Clockwork Harbour")
    await form.get_by_role("button", name="Submit").click()
    await expect(panel).to_contain_text("parody:clockwork harbour")
    await visit.post(f"{GALLERY.url} {OTHER.url}")
    await expect(visit.previews.get_by_role("heading")).to_have_text([OTHER.title])


async def test_what_is_stored_about_a_person_is_a_file_to_keep(visit: Visit) -> None:
    panel = await run_command(visit.tab, "me")
    await visit.switch(panel, "Previews of your links", to="Off")
    await panel.get_by_role("button", name="Show what is stored about me").click()
    async with visit.tab.expect_download() as waiting:
        await panel.get_by_role("link", name="shiori-about-me.json").click()
    file = await waiting.value
    assert file.suggested_filename == "shiori-about-me.json"
    assert read_stored(await file.path())["settings"]["previews"] is False


async def test_commands_for_galleries_are_offered_in_age_restricted_channels_only(visit: Visit) -> None:
    await visit.tab.get_by_role("main").get_by_role("combobox", name="Message ").fill("/gallery")
    await expect(visit.tab.get_by_text("No command of that name here")).to_be_visible()
    await visit.go(AFTER_DARK)
    await choose_command(visit.tab, "gallery preview")
    await visit.tab.get_by_role("combobox", name="url").fill(GALLERY.page_url(3))
    await visit.tab.get_by_role("button", name="Send command").click()
    await expect(visit.tab.get_by_role("heading", name=GALLERY.title)).to_be_visible()


async def test_a_command_of_servers_says_so_in_direct_messages(visit: Visit) -> None:
    await visit.tab.get_by_role("button", name="Shiori", exact=True).click()
    await visit.tab.get_by_role("main").get_by_role("combobox", name="Message ").fill("/settings server")
    await expect(visit.tab.get_by_text("That command works in a server only")).to_be_visible()
