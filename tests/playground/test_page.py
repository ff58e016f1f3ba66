"""A person in a browser, the page, the local Discord and a real discord.py bot: what the page draws and sends."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.playground.engine import Person
from tests.support.browser import find_browser
from tests.support.page_bot import HOSTILE
from tests.support.page_scene import DATA_NOTE, Scene, open_scene

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(find_browser() is None, reason="no Chromium found (set CHROMIUM to its path)"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def scene(browser_tab: Page) -> AsyncGenerator[Scene]:
    async with open_scene(browser_tab) as scene:
        yield scene


async def test_the_page_says_that_it_is_a_local_playground_and_which_data_it_uses(scene: Scene) -> None:
    note = scene.tab.get_by_role("note", name="About this page")
    await expect(note).to_contain_text("Local playground")
    await expect(note).to_contain_text(DATA_NOTE)


async def test_a_command_is_chosen_with_the_keyboard_and_an_option_autocompleted(scene: Scene) -> None:
    await scene.open_command("book show")
    await scene.tab.keyboard.type("stei")
    offered = scene.tab.get_by_role("listbox", name="Suggestions").get_by_role("option")
    await expect(offered).to_have_text(["Steins;Gate (2009, Japanese)", "Stein and Gate <b>bold</b>"])
    await scene.tab.keyboard.press("ArrowDown")
    await scene.tab.keyboard.press("Enter")
    await scene.tab.get_by_role("button", name="Add option volume").click()
    await scene.tab.keyboard.type("3")
    await scene.tab.get_by_role("button", name="Add option shelf").click()
    await scene.tab.get_by_role("option", name="Top shelf").click()
    await scene.tab.get_by_role("button", name="Send command").click()
    card = scene.message("volume 3, top")
    await expect(card.get_by_role("heading")).to_have_text("Stein and Gate <b>bold</b>, volume 3, top")
    await expect(card).to_contain_text("Reader")
    await expect(card).to_contain_text("/book show")


async def test_a_command_with_an_option_missing_or_wrong_is_not_sent(scene: Scene) -> None:
    await scene.open_command("book show")
    await scene.tab.get_by_role("button", name="Send command").click()
    await expect(scene.tab.get_by_role("alert")).to_contain_text("title: choose or type something")
    await scene.tab.get_by_role("combobox", name="title").fill("anything")
    await scene.tab.get_by_role("button", name="Add option volume").click()
    await scene.tab.keyboard.type("many")
    await scene.tab.keyboard.press("Enter")
    await expect(scene.tab.get_by_role("alert")).to_contain_text("volume: a whole number is needed")
    await expect(scene.tab.get_by_role("article")).to_have_count(0)


async def test_a_choice_that_is_typed_whole_is_taken_and_anything_else_has_to_be_chosen(scene: Scene) -> None:
    await scene.open_command("book show")
    await scene.tab.get_by_role("button", name="Add option shelf").click()
    title, shelf = (scene.tab.get_by_role("combobox", name=name) for name in ("title", "shelf"))
    send = scene.tab.get_by_role("button", name="Send command")
    await shelf.fill("Bottom shelf")
    await expect(scene.tab.get_by_text("No options match your search")).to_be_visible()
    await title.fill("umi")
    await scene.tab.get_by_role("option", name="Umineko (2007, Japanese)").click()
    await send.click()
    await expect(scene.tab.get_by_role("alert")).to_have_text("shelf: choose one of the list")
    await shelf.fill("top shelf ")
    await send.click()
    await expect(scene.message("volume 1, top")).to_be_visible()


async def test_a_card_has_its_accent_picture_and_link(scene: Scene) -> None:
    card = await scene.show_card()
    await expect(card.locator(".c-container")).to_have_css("border-left-color", "rgb(42, 111, 151)")
    await expect(card.get_by_role("img", name="Cover")).to_be_visible()
    await expect(card.get_by_role("link", name="VNDB")).to_have_attribute("href", "https://vndb.org/v2002")
    await expect(card.locator("strong")).to_have_text("bold")


async def test_spoilers_of_text_and_pictures_open_on_a_click(scene: Scene) -> None:
    card = await scene.show_card()
    hidden = card.get_by_text("the hidden ending")
    await expect(hidden).to_be_hidden()
    await card.get_by_role("button", name="Spoiler", exact=True).click()
    await expect(hidden).to_be_visible()
    await expect(card.get_by_role("img", name="Scene")).to_have_count(0)
    await card.get_by_role("button", name="Show the picture (spoiler)").click()
    await expect(card.get_by_role("img", name="Scene")).to_be_visible()


async def test_a_picture_opens_large_and_is_left_with_escape_or_by_a_click_beside_it(scene: Scene) -> None:
    card = await scene.show_card()
    await card.get_by_role("img", name="Cover").click()
    large = scene.tab.get_by_role("dialog", name="Cover")
    await expect(large.get_by_role("img", name="Cover")).to_be_visible()
    await expect(large.get_by_role("link", name="Open in browser")).to_have_attribute("href", scene.bot.picture)
    await scene.tab.keyboard.press("Escape")
    await expect(large).to_have_count(0)
    await card.get_by_role("img", name="Cover").click()
    await scene.tab.get_by_role("dialog", name="Cover").click(position={"x": 5, "y": 5})
    await expect(scene.tab.get_by_role("dialog")).to_have_count(0)


async def test_a_command_that_is_sent_before_its_suggestions_came_is_answered(scene: Scene) -> None:
    await scene.open_command("book show")
    await scene.tab.keyboard.type("t3")
    await scene.tab.keyboard.press("Enter")
    await expect(scene.message("Umineko")).to_be_visible()
    await scene.tab.wait_for_timeout(400)  # longer than the pause before suggestions are asked for


async def test_on_a_narrow_screen_the_channels_come_when_asked_for_and_leave_when_one_is_chosen(scene: Scene) -> None:
    await scene.tab.set_viewport_size({"width": 400, "height": 800})
    after_dark = scene.tab.get_by_role("button", name="after-dark, age-restricted")
    await expect(after_dark).to_have_count(0)
    await scene.tab.get_by_role("button", name="Channels").click()
    await after_dark.click()
    await expect(scene.composer("#after-dark")).to_be_visible()
    await expect(after_dark).to_have_count(0)


async def test_on_a_narrow_screen_the_channels_leave_when_one_becomes_somebody_else(scene: Scene) -> None:
    await scene.tab.set_viewport_size({"width": 390, "height": 800})
    await scene.tab.get_by_role("button", name="Channels").click()
    await scene.tab.get_by_role("combobox", name="You are").select_option(label="Moderator")
    await expect(scene.tab.get_by_role("combobox", name="You are")).to_have_count(0)
    await expect(scene.composer()).to_be_in_viewport()


async def test_a_button_changes_the_card(scene: Scene) -> None:
    card = await scene.show_card()
    await card.get_by_role("button", name="Another one").click()
    await expect(scene.tab.get_by_role("heading", name="Changed by the button")).to_be_visible()
    await expect(scene.tab.get_by_role("article")).to_have_count(1)


async def test_a_choice_in_a_select_is_answered_for_this_person_only(scene: Scene) -> None:
    card = await scene.show_card()
    await card.get_by_role("combobox", name="Put it on a shelf").click()
    await scene.tab.keyboard.press("ArrowDown")
    await scene.tab.keyboard.press("Enter")
    answer = scene.message("On the shelf Finished")
    await expect(answer).to_contain_text("Only you can see this")
    await scene.tab.get_by_role("combobox", name="You are").select_option(label="Moderator")
    await expect(card).to_be_visible()
    await expect(answer).to_have_count(0)
    await scene.tab.get_by_role("combobox", name="You are").select_option(label="Reader")
    await answer.get_by_role("button", name="Dismiss message").click()
    await expect(answer).to_have_count(0)


async def test_a_menu_that_is_open_stays_open_when_its_message_is_drawn_again(scene: Scene) -> None:
    await scene.show_card()
    card = scene.tab.get_by_role("article").first
    await card.get_by_role("combobox", name="Put it on a shelf").click()
    await card.get_by_role("button", name="Another one").dispatch_event("click")
    await expect(scene.tab.get_by_role("heading", name="Changed by the button")).to_be_visible()
    await expect(card.get_by_role("option", name="Finished")).to_be_visible()
    drawn = await card.element_handle()
    await scene.tab.evaluate(
        """() => {
            const self = document.getElementById("self");
            self.selectedIndex = [...self.options].findIndex((option) => option.label === "Moderator");
            self.dispatchEvent(new Event("change"));
        }"""
    )
    await scene.tab.wait_for_function("card => !card.isConnected", arg=drawn)
    await card.get_by_role("option", name="Finished").click()
    await expect(scene.message("On the shelf Finished")).to_be_visible()


async def test_a_form_can_be_left_and_is_checked_filled_and_sent(scene: Scene) -> None:
    await scene.run_command("note")
    await scene.tab.get_by_role("dialog", name="A note").wait_for()
    await scene.tab.keyboard.press("Escape")
    await expect(scene.tab.get_by_role("dialog")).to_have_count(0)
    await scene.run_command("note")
    form = scene.tab.get_by_role("dialog", name="A note")
    await form.get_by_role("button", name="Submit").click()
    await expect(form.get_by_role("alert")).to_contain_text("Your note")
    await form.get_by_role("textbox", name="Your note").fill(f"it is {HOSTILE}")
    await form.get_by_role("combobox", name="Mood").click()
    await scene.tab.get_by_role("option", name="Good").click()
    await form.get_by_role("button", name="Submit").click()
    await expect(scene.message("Noted: it is")).to_contain_text(f"{HOSTILE} (Good)")
    await expect(form).to_have_count(0)


async def test_a_message_command_is_run_from_the_menu_of_a_message(scene: Scene) -> None:
    await scene.composer().fill("seven77")
    await scene.tab.keyboard.press("Enter")
    await scene.message("seven77").click(button="right")
    await scene.tab.get_by_role("menuitem", name="Count letters").click()
    await expect(scene.message("7 letters")).to_contain_text("Count letters")


async def test_messages_are_posted_edited_and_deleted_and_the_bot_hears_of_it(scene: Scene) -> None:
    await scene.composer().fill("first *words*")
    await scene.tab.keyboard.press("Enter")
    mine = scene.message("first words")
    await mine.hover()
    await mine.get_by_role("button", name="Edit").click()
    await scene.tab.get_by_role("textbox", name="Edit message").fill("second words")
    await scene.tab.keyboard.press("Enter")
    changed = scene.message("second words")
    await expect(changed).to_contain_text("(edited)")
    await changed.hover()
    await changed.get_by_role("button", name="Delete").click()
    await expect(scene.tab.get_by_role("article")).to_have_count(0)
    assert await scene.hear() == ("post", "first *words*")
    assert await scene.hear() == ("edit", "second words")
    assert (await scene.hear())[0] == "delete"


async def test_whoever_a_message_names_with_an_at_sign_is_mentioned_and_so_is_whoever_it_names_after_an_edit(
    scene: Scene,
) -> None:
    shiori, moderator, owner = (f"<@{user.id}>" for user in (scene.world.bot, scene.world.moderator, scene.world.owner))
    rest = "not x@owner, https://a.example/@owner, `@Owner` or @Moderators"
    await scene.composer().fill(f"@shiori and **@Moderator**, {rest}")
    await scene.tab.keyboard.press("Enter")
    assert await scene.hear() == ("post", f"{shiori} and **{moderator}**, {rest}")
    mine = scene.message("not x@owner")
    await expect(mine.locator(".md-mention")).to_have_text(["@Shiori", "@Moderator"])
    await mine.hover()
    await mine.get_by_role("button", name="Edit").click()
    editor = scene.tab.get_by_role("textbox", name="Edit message")
    await expect(editor).to_have_value(f"@Shiori and **@Moderator**, {rest}")
    await editor.fill("@Owner instead")
    await scene.tab.keyboard.press("Enter")
    assert await scene.hear() == ("edit", f"{owner} instead")


async def test_a_slow_answer_is_announced_and_then_shown(scene: Scene) -> None:
    await scene.run_command("slow")
    await expect(scene.tab.get_by_text("Shiori is thinking…")).to_be_visible()
    scene.bot.release.set()
    embed = scene.tab.get_by_role("article", name="An embed")
    await expect(embed).to_contain_text("FieldValue")
    await expect(embed).to_have_css("border-left-color", "rgb(255, 136, 0)")


async def test_a_command_that_is_not_answered_in_three_seconds_has_failed(scene: Scene) -> None:
    await scene.run_command("silent")
    await expect(scene.tab.get_by_text("The application did not respond")).to_be_visible()


async def test_an_age_restricted_command_is_offered_in_that_channel_only(scene: Scene) -> None:
    await scene.composer().fill("/late")
    await expect(scene.tab.get_by_text("No command of that name here")).to_be_visible()
    await scene.tab.get_by_role("button", name="after-dark, age-restricted").click()
    await scene.run_command("late", place="#after-dark")
    await expect(scene.message("It is late")).to_be_visible()
    await scene.tab.get_by_role("button", name="general", exact=True).click()
    await expect(scene.message("It is late")).to_have_count(0)


async def test_the_direct_message_has_its_own_messages_and_commands(scene: Scene) -> None:
    await scene.tab.get_by_role("navigation").get_by_role("button", name="Shiori").click()
    await scene.composer("@Shiori").fill("only us")
    await scene.tab.keyboard.press("Enter")
    assert await scene.hear() == ("post", "only us")
    scene.bot.release.set()
    await scene.run_command("slow", place="@Shiori")
    await expect(scene.message("An embed")).to_be_visible()
    await scene.tab.get_by_role("button", name="general", exact=True).click()
    await expect(scene.tab.get_by_role("article")).to_have_count(0)


async def test_markup_of_others_stays_text(scene: Scene) -> None:
    world = scene.discord.world
    text = f"{HOSTILE} [x](javascript:alert(1)) **<i>b</i>** <@{world.reader.id}>"
    await Person(world, world.moderator).post(world.general, text)
    message = scene.message("document.title")
    await expect(message).to_contain_text(HOSTILE)
    await expect(message.locator("script, i, .m-text img, a")).to_have_count(0)
    await expect(message.locator("strong")).to_have_text("<i>b</i>")
    await expect(message).to_contain_text("@Reader")
    assert "hacked" not in await scene.tab.title()


async def test_in_a_server_without_the_bot_only_commands_of_the_person_are_offered(scene: Scene) -> None:
    await scene.tab.get_by_role("button", name="lounge", exact=True).click()
    await scene.composer("#lounge").fill("/note")
    await expect(scene.tab.get_by_text("No command of that name here")).to_be_visible()
    await scene.run_command("carried", place="#lounge")
    await expect(scene.message("Carried by a person: True")).to_be_visible()


async def test_a_moderator_deletes_others_messages_and_a_reader_does_not(scene: Scene) -> None:
    world = scene.discord.world
    await Person(world, world.owner).post(world.general, "of the owner")
    message = scene.message("of the owner")
    await message.hover()
    await expect(message.get_by_role("button", name="Delete")).to_have_count(0)
    await scene.tab.get_by_role("combobox", name="You are").select_option(label="Moderator")
    await expect(message.get_by_role("button", name="Edit")).to_have_count(0)
    await message.hover()
    await message.get_by_role("button", name="Delete").click()
    await expect(message).to_have_count(0)


MARKDOWN = [
    ("# One\n## Two\n-# small", "h2:One h3:Two small:small"),
    ("a **b *c* ~~d~~** __e__", "strong:b c d em:c s:d u:e"),
    (r"\*plain\* \|\|open\|\|", ""),
    ("- one\n- two\n1. three", "ul:onetwo li:one li:two ol:three li:three"),
    ("> quoted\nnot", "blockquote:quoted"),
    ("`**code**`", "code:**code**"),
    ("[words](https://a.example/b_(c))", "a:words"),
    ("[https://a.example](https://b.example)", "a:https://b.example"),
    ("[x](javascript:alert(1)) <b>no</b>", ""),
    ("see https://a.example/x.", "a:https://a.example/x"),
    ("snake_case_name and 2*3*4", "em:3"),
]


async def test_discords_markdown_is_drawn_as_discord_draws_it(scene: Scene) -> None:
    drawn = await scene.tab.evaluate(
        """async (texts) => {
            const { renderMarkdown } = await import("/markdown.js");
            const names = { user: () => "x", channel: () => "x" };
            const outline = (text) => [...renderMarkdown(text, names).querySelectorAll("*:not(div)")]
                .map((node) => `${node.localName}:${node.textContent}`).join(" ");
            return texts.map(outline);
        }""",
        [text for text, _ in MARKDOWN],
    )
    assert list(zip((text for text, _ in MARKDOWN), drawn, strict=True)) == MARKDOWN


async def test_files_of_a_message_are_pictures_with_their_description_or_names_with_their_size(scene: Scene) -> None:
    files = [
        {"filename": "chart.png", "content_type": "image/png", "url": scene.bot.picture, "description": "A chart"},
        {
            "filename": "SPOILER_end.png",
            "content_type": "image/png",
            "url": scene.bot.picture,
            "description": "The end",
        },
        {"filename": "notes.txt", "content_type": "text/plain", "url": scene.bot.picture, "size": 2048},
    ]
    await scene.tab.evaluate(
        """async (files) => {
            const { drawAttachments } = await import("/component.js");
            document.querySelector("#log").replaceChildren(...drawAttachments(files));
        }""",
        files,
    )
    log = scene.tab.get_by_role("log")
    await expect(log.get_by_role("img", name="A chart")).to_be_visible()
    await expect(log.get_by_role("img", name="The end")).to_have_count(0)
    await expect(log.get_by_role("button", name="Show the picture (spoiler)")).to_be_visible()
    await expect(log.locator(".c-file")).to_have_text("notes.txt2.0 KB")
