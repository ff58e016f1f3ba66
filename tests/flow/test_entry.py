"""`info` of `/vn producer`, `staff`, `release`, `tag` and `trait`, and `/vn quote`, as people use them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bot.playground.engine import Channel, pictures, selects, texts
from bot.playground.service.fault import Fault
from tests.flow.conftest import Place
from tests.flow.entry_message import REVEAL, open_page, pick, turn
from tests.flow.fault_message import SENTENCES
from tests.flow.vn_message import press
from tests.support.pair import each_once

OPTIONS = {"producer": "name", "staff": "name", "release": "title", "tag": "name", "trait": "name", "quote": "title"}
"""What can be looked up, and what the first option of the command is called."""
ENTRIES = [name for name in OPTIONS if name != "quote"]
KNOWN = {"producer": "p24", "staff": "s33", "release": "r129", "tag": "g19", "trait": "i42", "quote": "v17"}
HOSTILE = {
    "producer": "p90001", "staff": "s90901", "release": "r90901", "tag": "g90999", "trait": "i90001", "quote": "v90004"
}  # fmt: skip
Payload = dict[str, Any]


def name_command(command: str) -> str:
    """What people type for it."""
    return "vn quote" if command == "quote" else f"vn {command} info"


async def ask(place: Place, command: str, text: str, channel: Channel | None = None, **options: Any) -> Payload:
    typed: dict[str, Any] = {OPTIONS[command]: text, **options}
    exchange = await place.reader.slash(channel or place.general, name_command(command), **typed)
    return await exchange.message()


async def complete(place: Place, command: str, text: str, channel: Channel | None = None) -> list[Payload]:
    typed: dict[str, Any] = {OPTIONS[command]: text}
    where = channel or place.general
    return await place.reader.autocomplete(where, name_command(command), focused=OPTIONS[command], **typed)


def list_pages(message: Payload) -> Sequence[str]:
    """The pages of the entry that the message shows: the select in which one is marked."""
    menus = [select["options"] for select in selects(message)]
    return next([one["label"] for one in menu] for menu in menus if any(one.get("default") for one in menu))


# What they find


@pytest.mark.parametrize(
    ("command", "text", "heading"),
    [
        ("producer", "P24", "## Key"),
        ("producer", "https://vndb.org/p24", "## Key"),
        ("producer", "visualart's/key", "## Key"),
        ("staff", "s33", "## Hanazawa Kana\n-# 花澤 香菜"),
        ("staff", "<https://vndb.org/s33>", "## Hanazawa Kana"),
        ("staff", "松嶋", "## Hanazawa Kana"),
        ("release", "r129", "## STEINS;GATE"),
        ("release", "https://vndb.org/r129.1", "## STEINS;GATE"),
        ("release", "steins gate trial", "## STEINS;GATE Trial"),
        ("tag", "g19", "## Time Travel"),
        ("tag", "time loop", "## Time Travel"),
        ("trait", "i42", "## Tsundere"),
        ("trait", "tsundere", "## Tsundere"),
        ("trait", "eyes", "## Eyes"),  # a group, of which others have the name beside theirs
        ("trait", "violet eyes", "## Violet"),
        ("quote", "https://vndb.org/v17", "## Ever17 -the out of infinity-\n-# Quotes"),
        ("quote", "17", "## Ever17 -the out of infinity-\n-# Quotes"),
        ("quote", "ever17", "## Ever17 -the out of infinity-\n-# Quotes"),
    ],
)
async def test_a_reference_or_the_only_match_gives_the_card(
    shared: Place, command: str, text: str, heading: str
) -> None:
    assert texts(await ask(shared, command, text)).startswith(heading)


@pytest.mark.parametrize(
    ("command", "text", "heading"),
    [
        ("producer", "ke", "## Producers found"),
        ("staff", "sample", "## Staff found"),
        ("release", "ever17", "## Releases found"),
        ("tag", "invented", "## Tags found"),
        ("trait", "er", "## Traits found"),
    ],
)
async def test_several_matches_give_a_list_whose_pick_opens_the_card(
    shared: Place, command: str, text: str, heading: str
) -> None:
    listed = await ask(shared, command, text)
    assert texts(listed).startswith(heading)
    name = selects(listed)[0]["options"][0]["label"]
    picked = await open_page(shared, listed, name)
    assert texts(picked).startswith(f"## {name}")
    assert "Overview" in list_pages(picked)
    assert len(shared.reader.messages(shared.general)) == 1


@pytest.mark.parametrize(("command", "text"), each_once(OPTIONS, ["no such thing anywhere", "{}9999999", "@here <@2>"]))
async def test_what_is_not_there_is_said_to_the_asker_alone(shared: Place, command: str, text: str) -> None:
    typed: dict[str, Any] = {OPTIONS[command]: text.format(KNOWN[command][0])}
    exchange = await shared.reader.slash(shared.general, name_command(command), **typed)
    message = await exchange.message()
    assert texts(message).startswith("VNDB has no ")
    assert exchange.ephemeral
    assert message["mentions"] == []
    assert message["mention_everyone"] is False


@pytest.mark.parametrize(("command", "text"), each_once(OPTIONS, ["   ", "\u200b", "\u202e", "\x00", "\u3000"]))
async def test_a_text_without_a_letter_cannot_be_used(shared: Place, command: str, text: str) -> None:
    typed: dict[str, Any] = {OPTIONS[command]: text}
    exchange = await shared.reader.slash(shared.general, name_command(command), **typed)
    assert texts(await exchange.message()).startswith("The ")
    assert exchange.ephemeral


@pytest.mark.parametrize("command", list(OPTIONS))
async def test_nobody_is_mentioned_by_a_hostile_name(shared: Place, command: str) -> None:
    first = await ask(shared, command, HOSTILE[command])
    assert "@\u200beveryone" in texts(first)
    for page in list_pages(first):
        message = await open_page(shared, first, page)
        assert message["mention_everyone"] is False
        assert message["mentions"] == []


@pytest.mark.parametrize("entry", ["r90902", "g90001", "p137", "s90951"])
async def test_an_entry_of_which_little_is_known_has_all_pages(shared: Place, entry: str) -> None:
    command = next(command for command, known in KNOWN.items() if known[0] == entry[0])
    message = await ask(shared, command, entry)
    for page in list_pages(message):
        message = await open_page(shared, message, page)
        assert texts(message).startswith("## ")


@pytest.mark.parametrize(("command", "where"), each_once(OPTIONS, ["dm", "general_thread", "after_dark"]))
async def test_they_work_wherever_people_are(shared: Place, command: str, where: str) -> None:
    assert texts(await ask(shared, command, KNOWN[command], getattr(shared.world, where))).startswith("## ")


async def test_they_work_for_a_person_who_installed_the_bot(shared: Place) -> None:
    exchange = await shared.reader.slash(shared.world.elsewhere, "vn tag info", user_install=True, name="g19")
    novels = await open_page(shared, await exchange.message(), "Visual novels")
    assert texts(novels).startswith("## Best rated novels with Time Travel")


@pytest.mark.parametrize("command", list(OPTIONS))
async def test_a_card_that_was_shown_before_asks_nobody(place: Place, command: str) -> None:
    await ask(place, command, KNOWN[command])
    asked = len(place.services.vndb.requests)
    await ask(place, command, KNOWN[command])
    assert len(place.services.vndb.requests) == asked


async def test_the_other_names_of_a_person_stand_on_the_card(shared: Place) -> None:
    details = await open_page(shared, await ask(shared, "staff", "s33"), "Details")
    assert "**Also known as:** Matsushima Seika (松嶋 せいか)" in texts(details)


async def test_the_characters_somebody_voiced_have_a_page(shared: Place) -> None:
    voiced = await open_page(shared, await ask(shared, "staff", "s33"), "Characters voiced")
    assert texts(voiced).startswith("## Characters voiced by Hanazawa Kana")
    assert texts(await open_page(shared, voiced, "Shiina Mayuri")).startswith("## Shiina Mayuri")


# Long lists


@pytest.mark.parametrize(
    ("command", "text", "pages", "least"),
    [("tag", "invented", 30, 240), ("producer", "a", 5, 40), ("release", "omni", 14, 78)],
)
async def test_what_a_search_finds_is_turned_after_a_restart(
    unconnected: Place, command: str, text: str, pages: int, least: int
) -> None:
    async with unconnected.connected():
        listed = await ask(unconnected, command, text)
        assert "Page 1" in texts(listed)
    async with unconnected.connected():
        seen = [option["value"] for option in selects(listed)[0]["options"]]
        for number in range(2, pages + 1):
            listed = await turn(unconnected, listed, "Next")
            assert f"Page {number}" in texts(listed)
            seen += [option["value"] for option in selects(listed)[0]["options"]]
        assert f"Page {pages} of {pages}" in texts(listed)
        assert len(seen) == len(set(seen)) > least


@pytest.mark.parametrize(
    ("command", "entry", "page"),
    [("producer", "p90002", "Visual novels"), ("tag", "g23", "Visual novels"), ("trait", "i42", "Characters")],
)
async def test_the_list_of_an_entry_is_turned_after_a_restart(
    unconnected: Place, command: str, entry: str, page: str
) -> None:
    async with unconnected.connected():
        first = await open_page(unconnected, await ask(unconnected, command, entry), page)
    async with unconnected.connected():
        second = await turn(unconnected, first, "Next")
        assert "Page 2 of" in texts(second)
        back = await turn(unconnected, second, "Previous")
        assert texts(back) == texts(first)
        assert texts(await open_page(unconnected, back, "Overview")) != texts(first)


# What may stand where


@pytest.mark.parametrize(
    ("command", "entry", "name"), [("tag", "g91", "High Sexual Content"), ("trait", "i201", "Blowjob")]
)
async def test_a_sexual_tag_or_trait_has_a_card_in_age_restricted_channels_only(
    shared: Place, command: str, entry: str, name: str
) -> None:
    world = shared.world
    for text in (entry, name):
        for channel in (world.general, world.general_thread, world.dm):
            said = texts(await ask(shared, command, text, channel))
            assert f"{command} is about sexual content" in said
            assert name not in said
        for channel in (world.after_dark, world.after_dark_thread):
            assert texts(await ask(shared, command, text, channel)).startswith(f"## {name}")


@pytest.mark.parametrize(
    ("command", "entry", "page"), [("tag", "g91", "Visual novels"), ("trait", "i201", "Characters")]
)
async def test_the_list_of_a_sexual_one_is_gated_by_what_the_channel_is_then(
    place: Place, command: str, entry: str, page: str
) -> None:
    channel = place.world.after_dark
    message = await ask(place, command, entry, channel)
    place.world.set_nsfw(channel, nsfw=False)
    assert "is about sexual content" in texts(await open_page(place, message, page))


async def test_a_list_leaves_sexual_ones_out_of_ordinary_channels(shared: Place) -> None:
    said = texts(await ask(shared, "tag", "high"))
    assert "High Sexual Content" not in said
    assert "1 more is sexual, and shown in age-restricted channels only." in said
    listed = await ask(shared, "tag", "high", shared.world.after_dark)
    assert "High Sexual Content" in texts(listed)


async def test_a_search_that_finds_sexual_ones_alone_is_for_age_restricted_channels(shared: Place) -> None:
    exchange = await shared.reader.slash(shared.general, "vn tag info", name="sex")
    assert "is about sexual content, and can be asked for in age-restricted" in texts(await exchange.message())
    assert exchange.ephemeral
    assert "High Sexual Content" in texts(await ask(shared, "tag", "sex", shared.world.after_dark))


async def test_a_releases_explicit_picture_is_a_spoiler_and_in_age_restricted_channels_only(shared: Place) -> None:
    shown: list[list[bool]] = []
    for channel in (shared.general, shared.world.general_thread, shared.world.dm, shared.world.after_dark):
        message = await open_page(shared, await ask(shared, "release", "r30", channel), "Pictures")
        shown.append([picture["spoiler"] for picture in pictures(message)])
    assert [any(spoilers) for spoilers in shown] == [False, False, False, True]
    assert len(shown[0]) < len(shown[3])


async def test_shops_for_adults_are_linked_in_age_restricted_channels_only(shared: Place) -> None:
    closed, opened = [
        texts(await open_page(shared, await ask(shared, "release", "r101", channel), "Details"))
        for channel in (shared.general, shared.world.after_dark)
    ]
    assert "https://" not in closed
    assert "in age-restricted channels only." in closed
    assert "**Links:**" in opened


async def test_a_quotes_cover_is_gated(shared: Place) -> None:
    for _ in range(20):
        closed = await (await shared.reader.slash(shared.general, "vn quote")).message()
        opened = await (await shared.reader.slash(shared.world.after_dark, "vn quote")).message()
        assert not any(picture["spoiler"] for picture in pictures(closed))
        assert "is not shown here" not in texts(opened)


@pytest.mark.parametrize(("command", "name"), [("producer", "p24"), ("staff", "Urobuchi"), ("tag", "g32")])
async def test_a_card_with_works_begins_with_their_covers_as_far_as_they_may_stand(
    shared: Place, command: str, name: str
) -> None:
    closed = await ask(shared, command, name)
    opened = await ask(shared, command, name, shared.world.after_dark)
    covers = [[one for one in pictures(card) if "chart" not in one["url"]] for card in (closed, opened)]
    assert 1 <= len(covers[0]) <= len(covers[1]) <= 4
    assert not any(one["spoiler"] for one in covers[0])
    assert ("not shown here" in texts(closed)) is (len(covers[0]) < len(covers[1]))


# Spoilers


async def test_a_description_keeps_its_spoiler_for_those_who_ask(shared: Place) -> None:
    message = await ask(shared, "trait", "i201", shared.world.after_dark)
    assert "As it says." not in texts(message)
    revealed = await press(shared.moderator, message, REVEAL)
    assert "As it says." in texts(await revealed.message())
    assert revealed.ephemeral
    assert "As it says." in texts(await ask(shared, "trait", "i201", shared.world.after_dark, spoilers=2))


async def test_those_who_have_a_trait_as_a_spoiler_are_left_out_unless_asked_for(shared: Place) -> None:
    for page in ("Overview", "Characters"):
        found: list[str] = []
        for level in (0, 2):
            message = await ask(shared, "trait", "i201", shared.world.after_dark, spoilers=level)
            found.append(texts(await open_page(shared, message, page)))
        assert ["Makise Kurisu" in text for text in found] == [False, True]


# Buttons


async def test_another_person_gets_a_private_copy(shared: Place) -> None:
    message = await ask(shared, "tag", "g19")
    exchange = await pick(shared.moderator, message, "Visual novels")
    assert texts(await exchange.message()).startswith("## Best rated novels with Time Travel")
    assert exchange.ephemeral
    assert texts(shared.world.messages[message["id"]].payload) == texts(message)


@pytest.mark.parametrize(
    ("custom_id", "sentence"),
    [
        ("go:1:v1/nothing", "use the command again"),
        ("see:p24/nothing", "use the command again"),
        ("go:1:@everyone", "use the command again"),
        ("see:p24~0", "use the command again"),
        ("see:%2e", "use the command again"),
        ("see:u3/list/7/nothing", "use the command again"),
        ("see:list/g/rank.f", "has lost what was searched for"),
        ("see:list/i/number.ero", "use the command again"),
        ("see:birthday/2-99", "must be a whole number from 0 to 31"),
        ("see:u9999999", "u9999999."),
        ("see:compare/u3/u9999999", "u9999999."),
        ("see:p9999999/novels", "p9999999."),
        ("see:i42/characters~999999", "the list is shorter"),
        ("see:u5/list/7/voted~999999b", "There is no page 999,999: the list is shorter."),
        ("see:g91/novels", "is about sexual content"),
        ("see:i201/characters~2b", "is about sexual content"),
        ("see:random/c~9b", "Open on VNDB"),
    ],
)
async def test_a_button_of_somebody_elses_making_does_no_harm(shared: Place, custom_id: str, sentence: str) -> None:
    message = await ask(shared, "producer", "p24")
    shown = shared.world.messages[message["id"]]
    row = next(one for one in shown.payload["components"][0]["components"] if one["type"] == 1)
    row["components"] = [{"type": 2, "style": 2, "label": "Old", "custom_id": custom_id, "id": 99}]
    exchange = await shared.reader.press(message, custom_id)
    assert sentence in texts(await exchange.message())
    assert exchange.ephemeral


# The service


@pytest.mark.parametrize(
    ("command", "fault"), each_once(OPTIONS, ["500", "rubbish", "null", "deep", "cut", "redirect"])
)
async def test_a_bad_answer_ends_in_a_sentence(place: Place, command: str, fault: Fault) -> None:
    place.services.vndb.fault = fault
    typed: dict[str, Any] = {OPTIONS[command]: KNOWN[command]}
    exchange = await place.reader.slash(place.general, name_command(command), **typed)
    assert texts(await exchange.message()).startswith(SENTENCES[fault])
    assert exchange.ephemeral or exchange.kind == "deferred"


@pytest.mark.parametrize("command", ENTRIES)
async def test_a_list_that_cannot_be_had_leaves_the_message(place: Place, command: str) -> None:
    listed = await ask(place, command, "er" if command == "trait" else "a")
    place.services.vndb.fault = "500"
    name = selects(listed)[0]["options"][0]["label"]
    exchange = await pick(place.reader, listed, name)
    said = texts(await exchange.message())
    assert "VNDB answered with an error" in said
    assert exchange.ephemeral
    assert texts(place.world.messages[listed["id"]].payload) == texts(listed)


@pytest.mark.parametrize("command", list(OPTIONS))
@pytest.mark.usefixtures("hurried")
async def test_a_slow_service_is_waited_for(place: Place, command: str) -> None:
    place.services.vndb.fault, place.services.vndb.slow_s = "slow", 0.8
    typed: dict[str, Any] = {OPTIONS[command]: KNOWN[command]}
    exchange = await place.reader.slash(place.general, name_command(command), **typed)
    assert exchange.kind == "deferred"
    assert texts(await exchange.message()).startswith("## ")


# Completion


@pytest.mark.parametrize(
    ("command", "text", "choice"),
    [
        ("producer", "key", {"name": "Key (Company, Japanese)", "value": "p24"}),
        ("staff", "hanazawa", {"name": "Hanazawa Kana (花澤 香菜, Japanese)", "value": "s33"}),
        ("release", "steins;gate trial", {"name": "STEINS;GATE Trial (2009, Japanese)", "value": "r135"}),
        ("tag", "time t", {"name": "Time Travel", "value": "g19"}),
        ("trait", "tsun", {"name": "Tsundere (Personality)", "value": "i42"}),
        ("trait", "eyes", {"name": "Violet (Eyes)", "value": "i36"}),  # nothing is searched by the group itself
        ("quote", "clannad", {"name": "CLANNAD (2004, Japanese)", "value": "v4"}),
    ],
)
async def test_names_are_completed(shared: Place, command: str, text: str, choice: Payload) -> None:
    assert (await complete(shared, command, text))[0] == choice


@pytest.mark.parametrize("command", list(OPTIONS))
async def test_a_hostile_name_can_be_chosen(shared: Place, command: str) -> None:
    choices = await complete(shared, command, "@everyone")
    assert HOSTILE[command] in {choice["value"] for choice in choices}


@pytest.mark.parametrize(("command", "text"), each_once(OPTIONS, ["", "a", "\u200b", '"-" -x', "x" * 90, "🎴" * 40]))
async def test_whatever_is_typed_gets_an_answer(shared: Place, command: str, text: str) -> None:
    assert len(await complete(shared, command, text)) <= 25


@pytest.mark.parametrize(("command", "text", "value"), [("tag", "sexual", "g91"), ("trait", "blow", "i201")])
async def test_sexual_ones_are_completed_in_age_restricted_channels_only(
    shared: Place, command: str, text: str, value: str
) -> None:
    for channel in (shared.general, shared.world.dm, shared.world.general_thread):
        assert value not in {choice["value"] for choice in await complete(shared, command, text, channel)}
    offered = await complete(shared, command, text, shared.world.after_dark)
    assert value in {choice["value"] for choice in offered}


@pytest.mark.parametrize("command", list(OPTIONS))
@pytest.mark.usefixtures("hurried")
async def test_completion_answers_in_time_while_the_service_hangs(place: Place, command: str) -> None:
    place.services.vndb.fault = "hang"
    assert await complete(place, command, "clannad") == []


@pytest.mark.parametrize(
    ("command", "option", "text"),
    [
        ("vn tag info", "name", "horror"),
        ("vn producer info", "name", "Leaf"),
        ("vn info", "title", "Tsukihime"),
    ],
)
async def test_what_is_called_exactly_so_wins_over_what_begins_so(
    shared: Place, command: str, option: str, text: str
) -> None:
    wanted: dict[str, Any] = {option: text}
    card = await (await shared.reader.slash(shared.general, command, **wanted)).message()
    assert texts(card).casefold().startswith(f"## {text.casefold()}")
