"""The page of a list whose number is typed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.interaction.reply import DELETED
from bot.playground.engine import Exchange, Person, texts
from bot.playground.engine.model import EPHEMERAL
from tests.flow.anime_message import ask
from tests.flow.conftest import Place
from tests.flow.vn_message import press

Payload = dict[str, Any]


async def open_list(place: Place) -> Payload:
    return await (await place.reader.slash(place.general, "vndb list", user="AyaReads", sort="title")).message()


async def jump(person: Person, message: Payload, typed: str) -> Exchange:
    return await person.submit(await press(person, message, "Go to…"), {"number": typed})


async def test_the_page_that_is_typed_takes_the_place_of_the_one_that_stood(unconnected: Place) -> None:
    async with unconnected.connected():
        listed = await open_list(unconnected)
        opened = await press(unconnected.reader, listed, "Go to…")
    async with unconnected.connected():
        turned = await unconnected.reader.submit(opened, {"number": " 7 "})
        assert "Page 7 of" in texts(await turned.message())
        assert not turned.ephemeral
    assert len(unconnected.reader.messages(unconnected.general)) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0", "Pages start at 1, and the list has {pages}."),
        ("99999", "There is no page 99,999: the list has {pages}."),
        *((typed, "The page number must be a number from 1 to {number}.") for typed in ("-1", "two", "１", "*2*")),
    ],
)
async def test_what_is_no_page_is_one_private_sentence_and_the_list_stays(
    shared: Place, typed: str, sentence: str
) -> None:
    listed = await open_list(shared)
    number = texts(listed).rpartition(" of ")[2]
    said = await jump(shared.reader, listed, typed)
    assert said.ephemeral
    assert texts(await said.message()) == sentence.format(pages=f"{number} pages", number=number)
    assert [texts(one) for one in shared.moderator.messages(shared.general)] == [texts(listed)]


async def test_somebody_else_gets_that_page_privately(shared: Place) -> None:
    listed = await open_list(shared)
    copy = await jump(shared.moderator, listed, "3")
    assert copy.ephemeral and "Page 3 of" in texts(await copy.message())
    assert [texts(one) for one in shared.reader.messages(shared.general)] == [texts(listed)]


async def test_where_nobody_knows_how_many_there_are_a_page_too_far_is_a_private_sentence_too(shared: Place) -> None:
    listed = await (await shared.reader.slash(shared.general, "vn top")).message()
    for typed, sentence in (
        ("9999", "There is no page 9,999: the list is shorter."),
        ("0", "Pages start at 1."),
        ("two", "The page number must be a number, such as 3."),
    ):
        said = await jump(shared.reader, listed, typed)
        assert said.ephemeral and texts(await said.message()).startswith(sentence)
    assert [texts(one) for one in shared.moderator.messages(shared.general)] == [texts(listed)]


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("takes_s", [0.0, 1.0])
async def test_a_number_for_a_list_that_was_deleted_meanwhile_is_answered_privately(
    place: Place, takes_s: float
) -> None:
    listed = await open_list(place)
    opened = await press(place.reader, listed, "Go to…")
    await place.moderator.delete(listed)
    place.services.vndb.latency_s = takes_s
    said = await place.reader.submit(opened, {"number": "3"})
    told = await said.message()
    assert texts(told) == DELETED
    assert told["flags"] & EPHEMERAL
    assert place.reader.messages(place.general) == [told]


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("anime search", {"title": "a"}),
        ("anime character search", {"name": "passenger"}),
        ("anime character search", {}),
        ("anime staff search", {}),
        ("anime studio search", {}),
    ],
)
async def test_of_anilist_too_it_says_that_the_list_is_shorter_and_not_that_nothing_is_called_so(
    shared: Place, command: str, options: Payload
) -> None:
    listed = await ask(shared, command, **options)
    said = await jump(shared.reader, listed, "999")
    assert said.ephemeral
    assert texts(await said.message()) == "There is no page 999: the list is shorter."
    assert [texts(one) for one in shared.moderator.messages(shared.general)] == [texts(listed)]
