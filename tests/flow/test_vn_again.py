"""`/vn random` with a filter and its button for another one, and `/vn similar`."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import Channel, pictures, texts
from bot.playground.service.fault import Fault
from bot.playground.service.vndb.data import Novel
from tests.flow.conftest import Place
from tests.flow.fault_message import SENTENCES
from tests.flow.vn_message import build_search_link, choose, find_button, find_link, list_values, press
from tests.support.pair import each_once

Payload = dict[str, Any]

AGAIN, ALL = "Another one", "Open search on VNDB"
LONG = ["and", *(["id", "!=", f"v{number}"] for number in range(100_000, 100_200))]


async def ask(place: Place, command: str, channel: Channel | None = None, **options: Any) -> Payload:
    return await (await place.reader.slash(channel or place.general, command, **options)).message()


def find_novel(place: Place, message: Payload) -> Novel:
    """The novel that a card is of."""
    link = find_link(message, "Open on VNDB") or ""
    return next(one for one in place.services.vndb.library.vn if one.id == link.rsplit("/", 1)[-1])


async def test_a_pasted_filter_holds_for_every_other_one_after_a_restart(unconnected: Place) -> None:
    link = await build_search_link(unconnected, "v", ["and", ["olang", "=", "ja"], ["rating", ">=", 85]])
    async with unconnected.connected():
        shown = await ask(unconnected, "vn random", filter=link, language="en")
    for _ in range(2):
        async with unconnected.connected():
            for _ in range(4):
                shown = await (await press(unconnected.reader, shown, AGAIN)).message()
                novel = find_novel(unconnected, shown)
                assert (novel.olang, (novel.rating or 0) >= 85, "en" in novel.languages) == ("ja", True, True)


async def test_the_link_leads_to_all_that_might_have_been_drawn(shared: Place) -> None:
    shown = await ask(shared, "vn random", tags="Romance", developer="Key")
    link = find_link(shown, ALL)
    assert link is not None
    listed = await ask(shared, "vn top", filter=link)
    assert texts(listed) == texts(await ask(shared, "vn top", tags="g21", developer="p24"))


async def test_without_a_filter_there_is_no_link_and_another_one_all_the_same(shared: Place) -> None:
    shown = await ask(shared, "vn random")
    assert find_link(shown, ALL) is None
    assert find_button(shown, AGAIN) is not None


async def test_a_filter_too_long_for_a_link_gives_no_other_one_and_says_so(shared: Place) -> None:
    shown = await ask(shared, "vn random", filter=await build_search_link(shared, "v", LONG))
    assert find_button(shown, AGAIN) is None
    assert "The filter is too long for a button to another one" in texts(shown)


async def test_another_person_draws_for_themselves_with_the_same_filter(shared: Place) -> None:
    wish: dict[str, Any] = {"original_language": "ru"}
    shown = await ask(shared, "vn random", **wish)
    for _ in range(3):
        pressed = await press(shared.moderator, shown, AGAIN)
        copy = await pressed.message()
        assert pressed.ephemeral
        assert find_novel(shared, copy).olang == "ru"
        further = await press(shared.moderator, copy, AGAIN)
        assert find_novel(shared, await further.message()).olang == "ru"
    assert [texts(message) for message in shared.reader.messages(shared.general)] == [texts(shown)]


async def test_another_one_is_gated_by_what_the_channel_has_become(place: Place) -> None:
    channel = place.world.after_dark
    link = await build_search_link(place, "v", ["id", "=", "v4590"])
    shown = await ask(place, "vn random", channel, filter=link)
    assert "The cover is not shown here" not in texts(shown)
    place.world.set_nsfw(channel, nsfw=False)
    again = await (await press(place.reader, shown, AGAIN)).message()
    assert "The cover is not shown here" in texts(again)


async def test_spoilers_of_a_random_novel_are_shown_privately(shared: Place) -> None:
    link = await build_search_link(shared, "v", ["id", "=", "v90001"])
    shown = await ask(shared, "vn random", filter=link)
    seen = await press(shared.moderator, shown, "Show spoilers to me")
    assert "And on." in texts(await seen.message())
    assert seen.ephemeral


@pytest.mark.parametrize("end", ["tags", "screenshots", "releases"])
async def test_the_pages_of_a_random_novel_lead_to_another_one_with_its_filter(unconnected: Place, end: str) -> None:
    link = await build_search_link(unconnected, "v", ["and", ["olang", "=", "en"], ["rating", ">=", 80]])
    async with unconnected.connected():
        shown = await ask(unconnected, "vn random", filter=link)
        carried = find_link(shown, ALL)
        opened = await (await choose(unconnected.reader, shown, f"{find_novel(unconnected, shown).id}/{end}")).message()
        assert find_link(opened, ALL) == carried
    async with unconnected.connected():
        for _ in range(4):
            shown = await (await press(unconnected.reader, opened, AGAIN)).message()
            novel = find_novel(unconnected, shown)
            assert (novel.olang, (novel.rating or 0) >= 80, find_link(shown, ALL)) == ("en", True, carried)
            opened = await (await choose(unconnected.reader, shown, f"{novel.id}/{end}")).message()


async def test_a_random_character_leads_to_another_one_from_its_pages(shared: Place) -> None:
    shown = await ask(shared, "vn character random")
    drawn: set[str | None] = set()
    for _ in range(5):
        link = find_link(shown, "Open on VNDB") or ""
        drawn.add(link)
        opened = await (await choose(shared.reader, shown, f"{link.rsplit('/', 1)[-1]}/traits")).message()
        shown = await (await press(shared.reader, opened, AGAIN)).message()
    assert len(drawn) > 1


async def test_another_one_shows_spoilers_where_the_first_one_did(shared: Place) -> None:
    link = await build_search_link(shared, "v", ["id", "=", "v90001"])
    for level, shows in ((0, False), (2, True)):
        shown = await ask(shared, "vn random", filter=link, spoilers=level)
        again = await (await press(shared.reader, shown, AGAIN)).message()
        assert ("And on." in texts(again)) is shows
        page = next(value for value in list_values(again) if value.startswith("v90001/tags"))
        opened = await (await choose(shared.reader, again, page)).message()
        assert ("And on." in texts(await (await press(shared.reader, opened, AGAIN)).message())) is shows


async def test_nothing_to_draw_from_is_said_to_the_asker_alone(shared: Place) -> None:
    exchange = await shared.reader.slash(shared.general, "vn random", tags="g19", developer="p37")
    assert (
        texts(await exchange.message()) == "VNDB has no visual novel like that: by 07th Expansion · tagged Time Travel."
    )
    assert exchange.ephemeral


@pytest.mark.parametrize("title", ["v2002", "https://vndb.org/v2002", "steins;gate"])
async def test_similar_novels_are_those_of_the_novel_that_is_named(shared: Place, title: str) -> None:
    shown = await ask(shared, "vn similar", title=title)
    assert texts(shown).startswith("## STEINS;GATE\n")
    assert "% alike" in texts(shown)
    assert "v17102" not in list_values(shown)


async def test_a_similar_novel_can_be_opened_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        shown = await ask(unconnected, "vn similar", title="v2002")
    async with unconnected.connected():
        card = await (await choose(unconnected.reader, shown, "v1080")).message()
        assert texts(card).startswith("## Zero Time Dilemma")


@pytest.mark.parametrize("title", ["v90002", "v90001", "v90003", "v90004"])
async def test_a_novel_that_none_is_like_says_so(shared: Place, title: str) -> None:
    assert "Nothing is known to be like this visual novel" in texts(await ask(shared, "vn similar", title=title))


@pytest.mark.parametrize("title", ["v428", "no such novel", "\u200b"])
async def test_similar_to_nothing_is_said_to_the_asker_alone(shared: Place, title: str) -> None:
    exchange = await shared.reader.slash(shared.general, "vn similar", title=title)
    assert texts(await exchange.message()).startswith(("VNDB has no ", "The "))
    assert exchange.ephemeral


@pytest.mark.parametrize(
    ("fault", "asked"),
    each_once(
        ["500", "rubbish", "null", "cut", "timeout"], [("vn random", None), ("vn similar", "title"), ("vn top", None)]
    ),
)
async def test_a_service_that_fails_ends_in_a_sentence(
    place: Place, fault: Fault, asked: tuple[str, str | None]
) -> None:
    command, option = asked
    place.services.vndb.fault = fault
    options: dict[str, Any] = {} if option is None else {option: "v17"}
    exchange = await place.reader.slash(place.general, command, **options)
    assert texts(await exchange.message()).startswith(SENTENCES[fault])


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("vn info", "title"),
        ("vn similar", "title"),
        ("vn search", "title"),
        ("vn random", "developer"),
        ("vn top", "tags"),
    ],
)
@pytest.mark.usefixtures("hurried")
async def test_completion_answers_with_nothing_while_the_service_hangs(place: Place, command: str, option: str) -> None:
    place.services.vndb.fault = "hang"
    options: dict[str, Any] = {option: "clannad"}
    assert await place.reader.autocomplete(place.general, command, focused=option, **options) == []


@pytest.mark.parametrize(
    ("command", "typed"),
    each_once(["vn info", "vn similar", "vn search"], ["Abyssal", "@everyone", "Blank", "סיפור"]),
)
async def test_strange_titles_are_offered_and_lead_to_their_novels(shared: Place, command: str, typed: str) -> None:
    choices = await shared.reader.autocomplete(shared.general, command, focused="title", title=typed)
    assert choices
    for choice in choices:
        shown = await ask(shared, command, title=choice["value"])
        assert find_link(shown, "Open on VNDB") == f"https://vndb.org/{choice['value']}"


async def test_similar_novels_have_covers_six_a_page(shared: Place) -> None:
    shown = await ask(shared, "vn similar", title="v2002")
    assert len(pictures(shown)) == 6
    assert find_button(shown, "Covers") is not None
