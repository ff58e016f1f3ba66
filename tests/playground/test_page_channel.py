"""The page's list of channels, what stands in them, and what becomes of messages that others change."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bot.playground.engine import Person
from bot.playground.engine.model import CATEGORY, VOICE
from bot.playground.engine.permission import Permission
from tests.support.browser import find_browser
from tests.support.page_scene import Scene, open_scene

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(find_browser() is None, reason="no Chromium found (set CHROMIUM to its path)"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def scene(browser_tab: Page) -> AsyncGenerator[Scene]:
    async with open_scene(browser_tab) as scene:
        yield scene


def channel(scene: Scene, name: str) -> Locator:
    return scene.tab.get_by_role("navigation").get_by_role("button", name=name, exact=True)


async def become(scene: Scene, name: str) -> None:
    await scene.tab.get_by_role("combobox", name="You are").select_option(label=name)


# The list


async def test_a_category_holds_its_channels_and_voice_channels_come_last(scene: Scene) -> None:
    world = scene.world
    shelf = world.create_channel("Shelf", kind=CATEGORY)
    world.create_channel("Corner", kind=VOICE, category=shelf)
    world.create_thread(world.create_channel("novels", category=shelf), "A thread of novels")
    listed = scene.tab.get_by_role("navigation").locator("h2, .channel-label")
    await expect(listed).to_contain_text(["Shelf", "novels", "A thread of novels", "Corner", "Direct messages"])


async def test_a_channel_is_there_for_who_sees_it(scene: Scene) -> None:
    hidden = scene.world.create_channel("backstage")
    await expect(channel(scene, "backstage")).to_be_visible()
    scene.world.revoke(hidden, scene.world.everyone, Permission.VIEW_CHANNEL)
    await expect(channel(scene, "backstage")).to_have_count(0)
    await become(scene, "Owner")
    await expect(channel(scene, "backstage")).to_be_visible()


async def test_a_private_thread_is_there_for_its_members(scene: Scene) -> None:
    scene.world.create_thread(scene.world.general, "Between us", private=True, members=[scene.world.moderator])
    scene.world.create_thread(scene.world.general, "For all")
    await expect(channel(scene, "For all")).to_be_visible()
    await expect(channel(scene, "Between us")).to_have_count(0)
    await become(scene, "Moderator")
    await expect(channel(scene, "Between us")).to_be_visible()


async def test_a_channel_opens_though_messages_come_elsewhere_while_it_is_pressed(scene: Scene) -> None:
    world, reader = scene.world, Person(scene.world, scene.world.moderator)
    await channel(scene, "after-dark, age-restricted").hover()
    await scene.tab.mouse.down()
    await reader.post(world.general_thread, "one more")
    await expect(scene.tab.locator(".channel-entry.unread")).to_have_count(1)
    await scene.tab.mouse.up()
    await expect(scene.composer("#after-dark")).to_be_visible()


async def test_channels_of_one_name_are_told_apart(scene: Scene) -> None:
    for text in ("first", "second"):
        thread = scene.world.create_thread(scene.world.general, "Twins")
        await Person(scene.world, scene.world.moderator).post(thread, text)
    twins = channel(scene, "Twins")
    await expect(twins).to_have_count(2)
    for index, text in enumerate(("first", "second")):
        await twins.nth(index).click()
        await expect(scene.message(text)).to_have_count(1)


async def test_a_message_makes_an_archived_thread_active_again(scene: Scene) -> None:
    scene.world.change_channel(scene.world.general_thread, archived=True)
    await channel(scene, "What are you reading?, archived").click()
    await scene.tab.get_by_role("main").get_by_role("combobox", name="Message").fill("still here")
    await scene.tab.keyboard.press("Enter")
    await expect(channel(scene, "What are you reading?")).to_be_visible()
    await expect(scene.message("still here")).to_be_visible()


async def test_a_forum_shows_its_posts_and_takes_new_ones(scene: Scene) -> None:
    await channel(scene, "after-dark-shelf, age-restricted").click()
    posts = scene.tab.get_by_role("group", name="Posts").get_by_role("button")
    await expect(posts).to_have_text(["What this is for"])
    await expect(scene.tab.get_by_role("combobox", name="Message ")).to_have_count(0)
    await scene.tab.get_by_role("button", name="New post").click()
    form = scene.tab.get_by_role("dialog", name="New post")
    await form.get_by_role("textbox", name="Title").fill("Umineko")
    await form.get_by_role("textbox", name="Message").fill("I liked this one.")
    await form.get_by_role("button", name="Submit").click()
    await expect(scene.message("I liked this one.")).to_be_visible()
    await channel(scene, "after-dark-shelf, age-restricted").click()
    await expect(posts).to_have_text(["What this is for", "Umineko"])


async def test_a_command_for_managers_is_offered_to_them_alone(scene: Scene) -> None:
    await scene.composer().fill("/places")
    await expect(scene.tab.get_by_text("No command of that name here")).to_be_visible()
    await become(scene, "Moderator")
    await expect(scene.tab.get_by_role("option", name="/places")).to_be_visible()
    await become(scene, "Reader")
    await expect(scene.tab.get_by_text("No command of that name here")).to_be_visible()


async def test_what_is_typed_stays_when_one_becomes_somebody_else(scene: Scene) -> None:
    await scene.composer().fill("half a sen")
    await become(scene, "Moderator")
    await expect(scene.tab.get_by_role("combobox", name="You are")).to_have_value(scene.world.moderator.id)
    await scene.composer().press("End")
    await scene.tab.keyboard.type("tence")
    await scene.tab.keyboard.press("Enter")
    assert await scene.hear() == ("post", "half a sentence")


async def test_a_command_that_is_registered_while_its_name_is_typed_is_offered(scene: Scene) -> None:
    slow = scene.bot.tree.remove_command("slow")
    assert slow is not None
    await scene.bot.tree.sync()
    await scene.composer().fill("/slow")
    await expect(scene.tab.get_by_text("No command of that name here")).to_be_visible()
    scene.bot.tree.add_command(slow)
    await scene.bot.tree.sync()
    await expect(scene.tab.get_by_role("option", name="/slow")).to_be_visible()


# Selects of channels and roles


async def test_a_select_of_channels_offers_its_kinds_and_knows_what_is_chosen(scene: Scene) -> None:
    await become(scene, "Moderator")
    await scene.run_command("places")
    places = scene.tab.get_by_role("combobox", name="No channels")
    await expect(places).to_have_text("#general")
    await places.click()
    offered = scene.tab.get_by_role("listbox", name="No channels").get_by_role("option")
    await expect(offered).to_have_text(["#general", "#after-dark", "🔊 Reading room", "🔊 Reading room, late"])
    await offered.nth(0).click()
    await offered.nth(2).click()
    await scene.tab.keyboard.press("Escape")
    await expect(scene.message("Picked: Reading room")).to_be_visible()


async def test_an_option_for_a_channel_offers_its_kinds(scene: Scene) -> None:
    await become(scene, "Moderator")
    await scene.open_command("places")
    await scene.tab.get_by_role("button", name="Add option first").click()
    offered = scene.tab.get_by_role("listbox", name="Suggestions").get_by_role("option")
    await expect(offered).to_have_text(["🔊 Reading room", "🔊 Reading room, late"])
    await offered.first.click()
    await scene.tab.get_by_role("button", name="Send command").click()
    await expect(scene.message("Beginning in Reading room")).to_be_visible()


async def test_a_role_that_is_chosen_can_be_taken_back(scene: Scene) -> None:
    await become(scene, "Moderator")
    await scene.run_command("places")
    role = scene.tab.get_by_role("combobox", name="Everybody")
    await expect(role).to_have_text("@Moderators")
    await role.click()
    await scene.tab.get_by_role("option", name="@Moderators").click()
    await expect(scene.message("Picked: nothing")).to_be_visible()


# Messages that others change


async def test_a_reply_quotes_the_message_as_it_is_and_says_when_it_is_gone(scene: Scene) -> None:
    owner = Person(scene.world, scene.world.owner)
    asked = await owner.post(scene.world.general, "which **one**?")
    await owner.post(scene.world.general, "the blue one", reply_to=asked)
    reply = scene.message("the blue one")
    await expect(reply.locator(".m-quote")).to_have_text("which one?")
    await owner.edit(asked, "which colour?")
    await expect(reply.locator(".m-quote")).to_have_text("which colour?")
    await owner.delete(asked)
    await expect(reply).to_contain_text("Original message was deleted")


async def test_whoever_reads_the_newest_message_is_taken_along(scene: Scene) -> None:
    await Person(scene.world, scene.world.reader).post(scene.world.general, "a question\n" * 40)
    await Person(scene.world, scene.world.owner).post(scene.world.general, "the answer\n" * 40)
    await expect(scene.message("the answer").locator(".m-text")).to_be_in_viewport(ratio=0.9)


async def test_what_was_uncovered_stays_so_when_another_message_goes(scene: Scene) -> None:
    owner = Person(scene.world, scene.world.owner)
    gone = await owner.post(scene.world.general, "soon gone")
    await owner.post(scene.world.general, "he ||wakes up|| in the end")
    kept = scene.message("in the end")
    await kept.get_by_role("button", name="Spoiler").click()
    await owner.delete(gone)
    await expect(scene.message("soon gone")).to_have_count(0)
    await expect(kept).to_contain_text("Owner")  # which stood above the other one
    await expect(kept.get_by_text("wakes up")).to_be_visible()


async def test_discords_embed_of_a_link_comes_later_and_goes_when_it_is_suppressed(scene: Scene) -> None:
    owner = Person(scene.world, scene.world.owner)
    message = await owner.post(scene.world.general, "see https://vndb.org/v2002")
    embed = scene.message("see").get_by_role("article", name="vndb.org")
    await expect(scene.message("see")).to_be_visible()
    await expect(embed).to_have_count(0)
    scene.world.unfurl(message)
    await expect(embed).to_be_visible()
    await owner.suppress_embeds(message)
    await expect(embed).to_have_count(0)


async def test_the_embed_of_a_spoilered_link_is_covered(scene: Scene) -> None:
    owner = Person(scene.world, scene.world.owner)
    scene.world.unfurl(await owner.post(scene.world.general, "see ||https://vndb.org/v2002||"))
    await expect(scene.tab.get_by_role("link", name="vndb.org", exact=True)).to_have_count(0)
    await scene.tab.get_by_role("button", name="Show the embed (spoiler)").click()
    await expect(scene.tab.get_by_role("link", name="vndb.org", exact=True)).to_be_visible()


async def test_an_embed_that_arrives_does_not_take_away_what_is_being_typed(scene: Scene) -> None:
    await scene.composer().fill("see https://vndb.org/v2002")
    await scene.tab.keyboard.press("Enter")
    mine = scene.message("see")
    await mine.hover()
    await mine.get_by_role("button", name="Edit").click()
    editor = scene.tab.get_by_role("textbox", name="Edit message")
    await editor.fill("see nothing")
    message = Person(scene.world, scene.world.reader).messages(scene.world.general)[-1]
    scene.world.unfurl(message)
    await Person(scene.world, scene.world.owner).post(scene.world.general, "after the embed")
    await expect(scene.message("after the embed")).to_be_visible()
    await expect(editor).to_have_value("see nothing")
    await scene.tab.keyboard.press("Escape")
    await expect(mine.get_by_role("article", name="vndb.org")).to_be_visible()


# Components


async def draw(scene: Scene, component: dict[str, Any]) -> Locator:
    await scene.tab.evaluate(
        """async (component) => {
            const { drawComponent } = await import("/component.js");
            const attachments = [{ url: component.file?.url, filename: "about-me.json", size: 512 }];
            const names = { user: () => "x", channel: () => "x" };
            const log = document.querySelector("#log");
            const own = log.cloneNode(false);  // the page's own may be drawn anew at any moment
            log.replaceWith(own);
            own.append(drawComponent(component, { names, attachments }));
        }""",
        component,
    )
    return scene.tab.get_by_role("log")


async def test_a_covered_picture_in_a_covered_card_stays_covered_when_the_card_is_opened(scene: Scene) -> None:
    picture = {"media": {"url": scene.bot.picture}, "description": "Cover", "spoiler": True}
    gallery = {"type": 12, "items": [picture]}
    text = {"type": 10, "content": "The title"}
    log = await draw(scene, {"type": 17, "spoiler": True, "components": [text, gallery]})
    await expect(log.get_by_role("button")).to_have_count(1)
    await log.get_by_role("button", name="Show the card (spoiler)").click()
    await expect(log.get_by_role("img", name="Cover")).to_have_count(0)
    await log.get_by_role("button", name="Show the picture (spoiler)").click()
    await expect(log.get_by_role("img", name="Cover")).to_be_visible()


async def test_a_file_has_its_name_its_size_and_a_link(scene: Scene) -> None:
    log = await draw(scene, {"type": 13, "file": {"url": scene.bot.picture}, "spoiler": False})
    await expect(log.get_by_role("link", name="about-me.json")).to_have_attribute("href", scene.bot.picture)
    await expect(log).to_contain_text("512 B")
