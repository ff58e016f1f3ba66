"""`/vn release search`, as people use it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.playground.engine import Channel, texts
from bot.playground.service.vndb.entry import Release
from tests.flow.conftest import Place
from tests.flow.entry_message import open_page
from tests.flow.test_search import ask, list_all, list_ids, refuse
from tests.flow.vn_message import find_link, press

TODAY = datetime.now(UTC).date().isoformat()


def _is_wide(release: Release) -> bool:
    return isinstance(release.resolution, tuple) and release.resolution[0] >= 1280 and release.resolution[1] >= 720


WISHES: list[tuple[dict[str, Any], Callable[[Release], bool]]] = [
    ({"voiced": 4}, lambda one: one.voiced == 4),
    ({"engine": "kirikiri"}, lambda one: one.engine == "KiriKiri"),
    ({"resolution": "800x600"}, lambda one: one.resolution == (800, 600)),
    ({"resolution": ">= 1280 × 720"}, _is_wide),
    ({"medium": "DVD"}, lambda one: any(medium == "dvd" for medium, _ in one.media)),
    ({"age": "all"}, lambda one: one.minage == 0),
    ({"age": "under"}, lambda one: one.minage is not None and one.minage < 18),
    ({"freeware": True}, lambda one: one.freeware),
    ({"patch": True}, lambda one: one.patch),
    ({"official": False}, lambda one: not one.official),
    ({"has_ero": False}, lambda one: not one.has_ero),
    ({"type": "trial"}, lambda one: any(novel.rtype == "trial" for novel in one.vns)),
    ({"developer": "Key"}, lambda one: any(it.producer == "p24" and it.developer for it in one.producers)),
    ({"language": "German"}, lambda one: any(it.lang == "de" for it in one.languages)),
    ({"date": "tba"}, lambda one: one.released == "TBA"),
    ({"date": "unknown"}, lambda one: not one.released),
    ({"date": "upcoming"}, lambda one: bool(one.released) and one.released != "TBA" and one.released > TODAY),
    ({"platform": "win", "language": "en", "patch": False},
     lambda one: "win" in one.platforms and any(it.lang == "en" for it in one.languages) and not one.patch),
]  # fmt: skip

ADULT: list[tuple[dict[str, Any], Callable[[Release], bool]]] = [
    ({"has_ero": True}, lambda one: one.has_ero),
    ({"age": "adult"}, lambda one: one.minage == 18),
    ({"uncensored": True}, lambda one: bool(one.uncensored)),
    ({"voiced": 2}, lambda one: one.voiced == 2),
]


def has_date(release: Release) -> bool:
    return bool(release.released) and release.released != "TBA"


@pytest.mark.parametrize(("options", "fits"), WISHES)
async def test_every_option_asks_for_what_it_says(
    shared: Place, options: dict[str, Any], fits: Callable[[Release], bool]
) -> None:
    vndb = shared.services.vndb
    releases = [one for one in vndb.library.releases if one.id not in vndb.off_shelf]
    expected = {one.id for one in releases if fits(one) and (has_date(one) or options.get("date"))}
    assert expected
    listed = await ask(shared, "vn release search", **options)
    if len(expected) == 1:
        assert find_link(listed, "Open on VNDB") == f"https://vndb.org/{expected.pop()}"
    else:
        assert set(await list_all(shared, listed)) == expected


@pytest.mark.parametrize(("options", "fits"), ADULT)
async def test_what_is_for_adults_is_asked_for_in_age_restricted_channels_only(
    shared: Place, options: dict[str, Any], fits: Callable[[Release], bool]
) -> None:
    for channel in (shared.general, shared.world.dm, shared.world.general_thread):
        assert "asks for sexual content, and can be used in age-restricted channels only" in await refuse(
            shared, "vn release search", channel, **options
        )
    known = {one.id: one for one in shared.services.vndb.library.releases}
    if not any(map(fits, known.values())):
        assert "VNDB has no release" in await refuse(shared, "vn release search", shared.world.after_dark, **options)
        return
    listed = await ask(shared, "vn release search", shared.world.after_dark, **options)
    assert all(fits(known[one]) for one in list_ids(listed))
    assert list_ids(listed)


async def test_such_a_list_is_not_turned_where_it_may_no_longer_stand(place: Place) -> None:
    channel: Channel = place.world.after_dark
    listed = await ask(place, "vn release search", channel, filter='["or",["has_ero","=",1],["official","=",1]]')
    place.world.set_nsfw(channel, nsfw=False)
    turned = await press(place.reader, listed, "Next")
    assert turned.ephemeral
    assert "asks for sexual content" in texts(await turned.message())


def read_date(release: Release) -> str:
    return release.released or ""


def read_title(release: Release) -> str:
    return release.title.casefold()


async def test_sorts(shared: Place) -> None:
    known = {one.id: one for one in shared.services.vndb.library.releases}
    for sort, heading, key in (
        ("newest", "Newest releases that match", read_date),
        ("oldest", "Oldest releases that match", read_date),
        ("title", "Releases that match, by title", read_title),
    ):
        listed = await ask(shared, "vn release search", platform="win", sort=sort)
        assert texts(listed).startswith(f"## {heading}")
        keys = [key(known[one]) for one in list_ids(listed)]
        full = [one for one in keys if len(one) == 10 or sort == "title"]
        assert full == sorted(full, reverse=sort == "newest")
        assert "TBA" not in keys


async def test_a_date_that_is_not_known_is_said_in_the_list(shared: Place) -> None:
    assert "to be announced" in texts(await ask(shared, "vn release search", date="tba", sort="title"))
    assert "date unknown" in texts(await ask(shared, "vn release search", date="unknown", sort="title"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"resolution": "large"}, "The resolution must be like 1280x720"),
        ({"medium": "wax cylinder"}, "The medium is not one that VNDB knows"),
        ({"date": "tba", "released_after": "2004"}, "which lie neither after nor before another"),
        ({"developer": "nobody at all"}, "VNDB has no producer called “nobody at all”."),
        ({"engine": "  "}, "The search needs some letters or digits."),
        ({"engine": "no such engine"}, "VNDB has no release like that"),
    ],
)
async def test_what_cannot_be_used_is_said_to_the_asker_alone(
    shared: Place, options: dict[str, Any], sentence: str
) -> None:
    assert sentence in await refuse(shared, "vn release search", **options)


# Cards


async def test_a_releases_card_has_its_title_in_each_language(shared: Place) -> None:
    several = next(
        one
        for one in shared.services.vndb.library.releases
        if len({title.latin or title.title for title in one.languages if title.title}) > 1 and int(one.id[1:]) < 90000
    )
    said = texts(await open_page(shared, await ask(shared, "vn release info", title=several.id), "Details"))
    assert "**Titles:**" in said
    for title in several.languages:
        if title.title:
            assert title.title in said


async def test_a_persons_card_names_the_role_in_each_work(shared: Place) -> None:
    said = texts(await ask(shared, "vn staff info", name="s33"))
    works = said.split("**Worked on:**")[1].split("\n\n")[0]
    assert all("Voice actor" in line for line in works.splitlines() if line.startswith("- "))
    listed = texts(await (await _open_novels(shared, "s1")).message())
    assert any(role in listed for role in ("Scenario", "Composer", "Vocals", "Director"))


async def _open_novels(place: Place, staff_id: str) -> Any:
    from tests.flow.entry_message import pick

    return await pick(place.reader, await ask(place, "vn staff info", name=staff_id), "Visual novels")


async def test_a_tag_that_cannot_be_searched_or_applied_says_so(shared: Place) -> None:
    tags = [one for one in shared.services.vndb.library.tags if one.category != "ero"]
    unsearchable = next(one for one in tags if not one.searchable)
    inapplicable = next(one for one in tags if not one.applicable)
    usable = next(one for one in tags if one.searchable and one.applicable)

    async def read(tag_id: str) -> str:
        return texts(await open_page(shared, await ask(shared, "vn tag info", name=tag_id), "Details"))

    assert "searched by" in await read(unsearchable.id)
    assert "is not given to visual novels" in await read(inapplicable.id)
    said = await read(usable.id)
    assert "searched by" not in said
    assert "is not given" not in said


async def test_without_a_condition_nothing_is_said_to_match(shared: Place) -> None:
    shown = texts(await ask(shared, "vn release search"))
    assert shown.startswith("## Newest releases, announced ones first\n**1.")
    assert "No date" not in shown
    assert "to be announced" not in shown
