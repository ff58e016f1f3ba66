"""`/vn upcoming` and `/vn new`, as people use them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.navigation.frame import ROWS
from bot.playground.engine import texts
from bot.playground.service.fault import Fault
from tests.flow.conftest import Place
from tests.flow.fault_message import SENTENCES
from tests.flow.vn_message import build_search_link, choose, find_link, list_pages, press
from tests.support.pair import each_once

Payload = dict[str, Any]

OPEN = "Open search on VNDB"


async def ask(place: Place, command: str, **options: Any) -> Payload:
    return await (await place.reader.slash(place.general, command, **options)).message()


def list_releases(message: Payload) -> list[str]:
    """The ids of the releases on the page, in its order."""
    row = next(one for one in message["components"][0]["components"] if one["type"] == 1)
    return [option["value"] for option in row["components"][0]["options"]]


async def list_all(place: Place, message: Payload) -> list[Any]:
    known = {release.id: release for release in place.services.vndb.library.releases}
    pages = await list_pages(place.reader, message)
    return [known[one] for page in pages for one in list_releases(page)]


async def test_upcoming_releases_lie_ahead_and_the_next_comes_first(shared: Place) -> None:
    today = datetime.now(UTC).date().isoformat()
    found = [release.released for release in await list_all(shared, await ask(shared, "vn upcoming"))]
    assert found
    assert "TBA" not in found
    assert all((date + "-99-99")[:10] > today for date in found)
    assert [(date + "-99-99")[:10] for date in found] == sorted((date + "-99-99")[:10] for date in found)


async def test_upcoming_releases_end_where_they_are_told_to(shared: Place) -> None:
    until = str(datetime.now(UTC).date() + timedelta(days=40))
    options: dict[str, Any] = {"released_before": until}
    found = [release.released for release in await list_all(shared, await ask(shared, "vn upcoming", **options))]
    assert found
    assert all(date <= until for date in found)


async def test_what_has_no_date_is_no_new_release(shared: Place) -> None:
    options: dict[str, Any] = {"language": "en", "platform": "win"}
    found = await list_all(shared, await ask(shared, "vn new", **options))
    assert found
    assert all(release.released for release in found)


async def test_new_releases_begin_where_they_are_told_to(shared: Place) -> None:
    since = str(datetime.now(UTC).date() - timedelta(days=40))
    options: dict[str, Any] = {"released_after": since}
    found = [release.released for release in await list_all(shared, await ask(shared, "vn new", **options))]
    assert found
    assert all(date >= since for date in found)


async def test_new_releases_are_out_and_the_newest_comes_first(shared: Place) -> None:
    today = datetime.now(UTC).date().isoformat()
    shown = await ask(shared, "vn new")
    known = {release.id: release for release in shared.services.vndb.library.releases}
    found = [known[one].released or "" for one in list_releases(shown)]
    assert len(found) == ROWS
    assert all(date <= today for date in found)
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("command", ["vn upcoming", "vn new"])
@pytest.mark.parametrize(("language", "platform"), [("en", "win"), ("English", "windows")])
async def test_language_and_platform_must_both_hold(shared: Place, command: str, language: str, platform: str) -> None:
    found = await list_all(shared, await ask(shared, command, language=language, platform=platform))
    assert found
    for release in found:
        assert "en" in {one.lang for one in release.languages}
        assert "win" in release.platforms


@pytest.mark.parametrize("command", ["vn upcoming", "vn new"])
async def test_a_pasted_filter_goes_together_with_options(shared: Place, command: str) -> None:
    link = await build_search_link(shared, "r", ["lang", "=", "en"])
    shown = await ask(shared, command, filter=link, platform="win")
    both = await ask(shared, command, language="en", platform="win")
    assert list_releases(shown) == list_releases(both)


@pytest.mark.parametrize("command", ["vn upcoming", "vn new"])
async def test_pages_keep_the_filter_after_a_restart(unconnected: Place, command: str) -> None:
    link = await build_search_link(unconnected, "r", ["official", "=", 1])
    async with unconnected.connected():
        shown = await ask(unconnected, command, filter=link)
        everything = [release.id for release in await list_all(unconnected, shown)]
        shown = await ask(unconnected, command, filter=link)
    assert len(everything) == len(set(everything)) > ROWS
    async with unconnected.connected():
        turned = await (await press(unconnected.reader, shown, "Next")).message()
        assert list_releases(turned) == everything[ROWS : 2 * ROWS]
        assert find_link(turned, OPEN) == find_link(shown, OPEN)


@pytest.mark.parametrize("command", ["vn upcoming", "vn new"])
async def test_a_release_opens_its_card(shared: Place, command: str) -> None:
    shown = await ask(shared, command)
    first = list_releases(shown)[0]
    card = await (await choose(shared.reader, shown, first)).message()
    assert find_link(card, "Open on VNDB") == f"https://vndb.org/{first}"


@pytest.mark.parametrize("command", ["vn upcoming", "vn new"])
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"language": "Klingon"}, "The language is not one that VNDB knows"),
        ({"platform": "toaster"}, "The platform is not one that VNDB knows"),
        ({"filter": "rubbish"}, "is not one that VNDB understands"),
        ({"filter": "https://vndb.org/v?f=023gjaa2Nv"}, "The filter is not one for releases"),
        ({"filter": "https://vndb.org/r?f=0zzzzz"}, "The advanced search is not one that VNDB understands"),
    ],
)
async def test_what_cannot_be_used_is_said_to_the_asker_alone(
    shared: Place, command: str, options: dict[str, Any], sentence: str
) -> None:
    exchange = await shared.reader.slash(shared.general, command, **options)
    assert sentence in texts(await exchange.message())
    assert exchange.ephemeral


@pytest.mark.parametrize("command", ["vn upcoming", "vn new"])
async def test_no_release_is_said(shared: Place, command: str) -> None:
    link = await build_search_link(shared, "r", ["and", ["lang", "=", "ja"], ["lang", "!=", "ja"]])
    assert "VNDB has no release like that: in Japanese · not in Japanese." in texts(
        await ask(shared, command, filter=link)
    )


@pytest.mark.parametrize(("command", "fault"), each_once(["vn upcoming", "vn new"], ["500", "rubbish", "null"]))
async def test_a_service_that_fails_ends_in_a_sentence(place: Place, command: str, fault: Fault) -> None:
    place.services.vndb.fault = fault
    exchange = await place.reader.slash(place.general, command)
    assert texts(await exchange.message()).startswith(SENTENCES[fault])


@pytest.mark.parametrize(("focused", "typed", "value"), [("language", "engl", "en"), ("platform", "windo", "win")])
async def test_options_complete_by_name(shared: Place, focused: str, typed: str, value: str) -> None:
    options: dict[str, Any] = {focused: typed}
    choices = await shared.reader.autocomplete(shared.general, "vn upcoming", focused=focused, **options)
    assert choices[0]["value"] == value
