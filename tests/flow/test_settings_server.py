"""The panel of a server: everything in it is saved, outlives a restart, and holds."""

from __future__ import annotations

from typing import Any

import pytest

from bot.gate.rules import HOSTED_DEFAULT
from bot.gate.setting import SETTINGS
from bot.playground.engine import pictures, texts
from bot.playground.engine.model import CATEGORY
from bot.playground.service import Sample
from bot.settings import form
from tests.flow.conftest import Place
from tests.flow.preview_message import exists, list_replies, post, settle, wait_until_gone
from tests.flow.setting_message import (
    SAVED,
    ask_preview,
    choose_for_channel,
    choose_for_server,
    open_panel,
    open_where,
    read_reply,
    set_own,
)
from tests.flow.vn_message import choose, list_pages

HUGE, NOVEL = "v90001", "https://vndb.org/v2002"
SPOILER = "And on."
CHOICES = [
    (page.key, one.name, options[-1].value)
    for page in form.list_pages("server", HOSTED_DEFAULT)
    for one in page.settings
    # Once adult content is off, what is of no use without it is not offered: `test_adult_server` has that.
    if (options := form.list_options(one, "server")) and one.name != "adult"
]
MEANWHILE = "This list was changed meanwhile: what was there is kept, and what you typed is added."
OFF = "Previews of these links are switched off in this server."


def link(place: Place, gid: int = Sample.PLAIN) -> str:
    return place.services.ehentai.library[gid].url


# Saved and kept


async def test_every_choice_of_the_server_is_saved_and_kept_after_a_restart(unconnected: Place) -> None:
    wanted = {(page, f"set:s:{name}"): value for page, name, value in CHOICES}
    async with unconnected.connected():
        panel = await open_panel(unconnected.moderator, unconnected.general)
        for (page, name), value in wanted.items():
            await panel.set("panel:s", page)
            assert SAVED in await panel.set(name, value)
            assert panel.read(name) == [value]
    async with unconnected.connected():
        panel = await open_panel(unconnected.moderator, unconnected.general)
        for (page, name), value in wanted.items():
            await panel.set("panel:s", page)
            assert panel.read(name) == [value]


async def test_the_lists_of_the_server_are_saved_and_kept_after_a_restart(unconnected: Place) -> None:
    world = unconnected.world
    async with unconnected.connected():
        panel = await open_where(unconnected)
        assert SAVED in await panel.set("setc:s:channels", world.general, world.after_dark)
        assert SAVED in await panel.set("setr:s:roles", world.moderators)
        assert SAVED in await panel.type_tags("s", "F:Glasses", "kimono, kimono")
    async with unconnected.connected():
        panel = await open_where(unconnected)
        assert panel.read("setc:s:channels") == [world.general.id, world.after_dark.id]
        assert panel.read("setr:s:roles") == [world.moderators.id]
        await panel.turn_to("tags:s:blocked_tags")
        assert "female:glasses, kimono" in panel.text


async def test_a_list_is_emptied_again(shared: Place) -> None:
    panel = await open_where(shared)
    await panel.set("setr:s:roles", shared.world.moderators)
    assert SAVED in await panel.set("setr:s:roles")
    assert panel.read("setr:s:roles") == []


async def test_the_modal_holds_the_tags_that_are_blocked(shared: Place) -> None:
    panel = await open_where(shared)
    await panel.type_tags("s", "glasses", "female:kimono")
    opened = await shared.moderator.press(panel.message, "tags:s:blocked_tags")
    assert opened.modal is not None
    assert opened.modal["components"][0]["component"]["value"] == "glasses\nfemale:kimono"


async def test_saved_is_said_of_the_last_change_only(shared: Place) -> None:
    panel = await open_panel(shared.moderator, shared.general)
    await panel.set("set:s:vndb", "on")
    assert SAVED not in await panel.set("panel:s", "cards")


async def test_a_tag_that_cannot_be_one_is_said_and_keeps_no_other_away(shared: Place) -> None:
    panel = await open_where(shared)
    said = await panel.type_tags("s", "glasses", "xyz:glasses", ":", "female:")
    assert "✅ Saved: Blocked tags: 1" in said
    assert "“xyz:glasses” (E-Hentai has no such namespace); “:” (no tag); “female:” (a namespace without a tag)" in said
    assert "\nglasses" in said


async def test_a_card_with_a_tag_that_is_blocked_now_goes_and_others_stay(shared: Place) -> None:
    dark = shared.world.after_dark
    await post(shared, dark, link(shared))
    await post(shared, dark, NOVEL)
    blocked, kept = list_replies(shared, dark)
    said = await (await open_where(shared)).type_tags("s", "glasses")
    assert "Cards below links of the last day are made anew, or go" in said
    await wait_until_gone(shared, blocked)
    await settle(shared)
    assert exists(shared, kept)


# Two at once


@pytest.mark.parametrize("scope", ["s", "c", "me"])
async def test_tags_that_were_blocked_while_somebody_typed_stay_blocked(shared: Place, scope: str) -> None:
    """A modal is open for a minute; what it held when it was opened is not what stands when it is sent."""
    command = {"s": "settings server", "c": "settings channel", "me": "me"}[scope]
    whose = f"c{shared.general.id}" if scope == "c" else scope
    one, other = [await open_panel(shared.moderator, shared.general, command) for _ in range(2)]
    await other.type_tags(whose, "apron")
    await one.turn_to(f"tags:{whose}:blocked_tags")
    opened = await one.person.press(one.message, f"tags:{whose}:blocked_tags")
    assert MEANWHILE not in await other.type_tags(whose, "kimono")  # what it held was what stood
    said = texts(await (await one.person.submit(opened, {"tags0": "apron, glasses, :"})).message())
    assert "✅ Saved: Blocked tags: 3" in said
    assert MEANWHILE in said
    assert "“:” (no tag)" in said
    assert "\nkimono, apron, glasses" in said


@pytest.mark.parametrize(("name", "of"), [("setc:s:channels", "channels"), ("setr:s:roles", "roles")])
async def test_what_another_moderator_listed_meanwhile_stays_listed(shared: Place, name: str, of: str) -> None:
    """Discord sends the whole list as the panel had it, with what was changed in it."""
    world = shared.world
    first, second = (world.general, world.after_dark) if of == "channels" else (world.moderators, world.bot_role)
    one, other = [await open_where(shared) for _ in range(2)]

    def read() -> set[str]:
        return set(map(str, shared.shiori.store.server(int(world.guild_id)).get(SETTINGS[of]) or ()))

    await other.set(name, first)
    assert SAVED in await one.set(name, second)  # one's panel still shows an empty list
    assert read() == {first.id, second.id}
    await one.set(name, second)
    assert SAVED in await other.set(name)  # the other's still shows the first alone
    assert read() == {second.id}
    await one.set(name)
    assert read() == set()


# What holds


async def test_galleries_are_switched_off(shared: Place) -> None:
    await choose_for_server(shared, "previews", "set:s:galleries", "off")
    assert await ask_preview(shared.reader, shared.world.after_dark, link(shared)) == OFF


async def test_links_to_vndb_are_switched_on_and_off(shared: Place) -> None:
    await choose_for_server(shared, "previews", "set:s:vndb", "on")
    assert "STEINS;GATE" in await read_reply(shared, shared.general, NOVEL)
    await choose_for_server(shared, "previews", "set:s:vndb", "off")
    assert await read_reply(shared, shared.general, NOVEL) == ""


async def test_who_asks_for_a_link_to_vndb_gets_it_where_such_links_are_not_previewed(shared: Place) -> None:
    await choose_for_server(shared, "previews", "set:s:vndb", "off")
    assert "STEINS;GATE" in await ask_preview(shared.reader, shared.general, NOVEL)


async def test_galleries_for_everyone_are_shown_elsewhere_without_cover(shared: Place) -> None:
    await choose_for_server(shared, "previews", "set:s:non_h", "on")
    message = await shared.reader.post(shared.general, link(shared, Sample.NON_H))
    shown = await shared.reader.context_menu(shared.general, "Preview links", message)
    assert "Cats of the Old Harbour" in texts(await shown.message())
    assert pictures(await shown.message()) == []


async def test_a_poster_is_told_why_there_is_no_preview(shared: Place) -> None:
    await choose_for_server(shared, "previews", "set:s:notes", "on")
    assert "not age-restricted" in await read_reply(shared, shared.general, link(shared))


async def test_links_of_other_bots_are_previewed(place: Place) -> None:
    await choose_for_server(place, "previews", "set:s:bots", "on")
    robot = place.person(place.world.create_user("robot", bot=True))
    assert "Evening at" in await read_reply(place, place.world.after_dark, link(place), by=robot)


@pytest.mark.parametrize(("value", "removed"), [("on", True), ("off", False)])
async def test_the_embed_of_discord_is_hidden_or_left(place: Place, value: str, removed: bool) -> None:
    place.world.grant(place.world.after_dark, place.world.bot_role, 1 << 13)
    await choose_for_server(place, "previews", "set:s:suppress", value)
    message = await post(place, place.world.after_dark, link(place))
    assert bool(place.world.messages[message["id"]].flags & 4) is removed


@pytest.mark.parametrize(
    ("value", "listed", "shown"),
    [
        ("all", [], True),
        ("only", [], False),
        ("only", ["after_dark"], True),
        ("only", ["general"], False),
        ("except", ["after_dark"], False),
        ("except", ["general"], True),
    ],
)
async def test_links_are_previewed_in_the_channels_that_the_list_says(
    shared: Place, value: str, listed: list[str], shown: bool
) -> None:
    panel = await open_where(shared)
    await panel.set("set:s:channel_rule", value)
    await panel.set("setc:s:channels", *(getattr(shared.world, name) for name in listed))
    for channel in (shared.world.after_dark, shared.world.after_dark_thread):
        said = await ask_preview(shared.reader, channel, link(shared))
        assert ("Evening at" in said) is shown


async def test_a_listed_category_stands_for_its_channels_and_their_threads(place: Place) -> None:
    world = place.world
    category = world.create_channel("Late", kind=CATEGORY)
    inside = world.create_channel("late-books", nsfw=True, category=category)
    thread = world.create_thread(inside, "Tonight")
    panel = await open_where(place)
    await panel.set("setc:s:channels", category)
    await panel.set("set:s:channel_rule", "only")
    for channel in (inside, thread):
        assert "Evening at" in await ask_preview(place.reader, channel, link(place))
    assert "some channels only" in await ask_preview(place.reader, world.after_dark, link(place))


async def test_only_people_with_a_listed_role_get_previews(shared: Place) -> None:
    panel = await open_where(shared)
    await panel.set("setr:s:roles", shared.world.moderators)
    after_dark = shared.world.after_dark
    assert "Evening at" in await ask_preview(shared.moderator, after_dark, link(shared))
    assert "certain roles only" in await ask_preview(shared.reader, after_dark, link(shared))


@pytest.mark.parametrize(
    ("tag", "blocked"),
    [
        ("female:GLASSES", True),
        ("glasses", True),
        ("male:glasses", False),
        ("o:full_color$", True),  # as a search of E-Hentai has it
        ("other:full+color", True),  # as its address has it
        ("male：glasses；tag:kimono", True),
    ],
)
async def test_galleries_with_a_blocked_tag_are_not_shown(shared: Place, tag: str, blocked: bool) -> None:
    panel = await open_where(shared)
    await panel.type_tags("s", tag)
    said = await ask_preview(shared.reader, shared.world.after_dark, link(shared))
    assert ("blocked in this server" in said) is blocked
    assert ("Evening at" in said) is not blocked


@pytest.mark.parametrize(("value", "least", "most"), [("0", 12, 12), ("1", 13, 59), ("2", 60, 60)])
async def test_pictures_are_shown_up_to_the_level(place: Place, value: str, least: int, most: int) -> None:
    await choose_for_server(place, "cards", "set:s:image_level", value)
    shown = await (await place.reader.slash(place.world.after_dark, "vn info", title=HUGE)).message()
    first = await (await choose(place.reader, shown, f"{HUGE}/screenshots")).message()
    count = sum(len(pictures(page)) for page in await list_pages(place.reader, first))
    assert least <= count <= most


@pytest.mark.parametrize(
    ("value", "gid", "count"), [("1", Sample.PLAIN, 0), ("1", Sample.NON_H, 1), ("2", Sample.PLAIN, 1)]
)
async def test_covers_are_shown_up_to_the_level(place: Place, value: str, gid: int, count: int) -> None:
    await choose_for_server(place, "cards", "set:s:image_level", value)
    message = await place.reader.post(place.world.after_dark, link(place, gid))
    shown = await (await place.reader.context_menu(place.world.after_dark, "Preview links", message)).message()
    assert " pages · " in texts(shown)
    assert len(pictures(shown)) == count


@pytest.mark.parametrize(("level", "option", "spoils"), [("0", None, False), ("2", None, True), ("2", 0, False)])
async def test_cards_give_away_what_the_server_chose_unless_asked_otherwise(
    shared: Place, level: str, option: int | None, spoils: bool
) -> None:
    await choose_for_server(shared, "cards", "set:s:spoiler_level", level)
    options: dict[str, Any] = {} if option is None else {"spoilers": option}
    shown = await (await shared.reader.slash(shared.general, "vn info", title=HUGE, **options)).message()
    assert (SPOILER in texts(shown)) is spoils


async def test_titles_stand_in_the_language_of_the_server(shared: Place) -> None:
    await choose_for_server(shared, "cards", "set:s:title_language", "native")
    said = await ask_preview(shared.reader, shared.world.after_dark, link(shared))
    assert said.index("湖畔駅の夕べ") < said.index("Evening at")


async def test_the_nearest_choice_wins(shared: Place) -> None:
    await choose_for_server(shared, "cards", "set:s:spoiler_level", "2")
    await choose_for_channel(shared, shared.general, "spoiler_level", "0")
    shown = await (await shared.reader.slash(shared.general, "vn info", title=HUGE)).message()
    assert SPOILER not in texts(shown)
    await set_own(shared, shared.reader, "spoiler_level", "2")
    shown = await (await shared.reader.slash(shared.general, "vn info", title=HUGE)).message()
    assert SPOILER in texts(shown)
