"""What may stand where, on every page of a novel: pictures and tags, and again at each press."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import Channel, pictures, texts
from tests.flow.conftest import Place
from tests.flow.vn_message import choose, find_button, list_pages, list_values, press

Payload = dict[str, Any]

HUGE, GATE, FATE, NUKIGE, LOVERS = "v90001", "v2002", "v11", "v97", "v3450"
PAGES = ("", "/characters", "/releases", "/staff", "/tags", "/screenshots", "/relations", "/quotes", "/links")
ORDINARY = ("general", "general_thread", "dm", "elsewhere")
RESTRICTED = ("after_dark", "after_dark_thread", "elsewhere_after_dark")
SCREENSHOTS, SAFE_SCREENSHOTS = 60, 12
UNSAFE_COVERS = ("v4590", "v3450", "v12000", "v14600", "v18100", "v21931", "v90997")
"""Of the sample library: sexual, violent, or judged by nobody. A cover's file has the number of its novel."""


async def show(place: Place, title: str, channel: Channel, **options: Any) -> Payload:
    return await (await place.reader.slash(channel, "vn info", title=title, **options)).message()


async def open_page(place: Place, message: Payload, value: str) -> list[Payload]:
    first = await (await choose(place.reader, message, value)).message()
    return await list_pages(place.reader, first)


def covered(pages: list[Payload]) -> list[bool]:
    """Of every picture, whether it is a spoiler."""
    return [picture["spoiler"] for page in pages for picture in pictures(page)]


def find_channel(place: Place, name: str) -> Channel:
    return getattr(place.world, name)


@pytest.mark.parametrize("where", ORDINARY)
async def test_only_safe_screenshots_stand_in_ordinary_channels(shared: Place, where: str) -> None:
    shown = await show(shared, HUGE, find_channel(shared, where))
    pages = await open_page(shared, shown, f"{HUGE}/screenshots")
    assert covered(pages) == [False] * SAFE_SCREENSHOTS
    assert f"{SCREENSHOTS - SAFE_SCREENSHOTS} screenshots are not shown here: " in texts(pages[0])


@pytest.mark.parametrize("where", RESTRICTED)
async def test_all_screenshots_stand_in_age_restricted_channels_and_unsafe_ones_are_covered(
    shared: Place, where: str
) -> None:
    shown = await show(shared, HUGE, find_channel(shared, where))
    found = covered(await open_page(shared, shown, f"{HUGE}/screenshots"))
    assert sorted(found) == [False] * SAFE_SCREENSHOTS + [True] * (SCREENSHOTS - SAFE_SCREENSHOTS)


NOVELS = (HUGE, GATE, FATE, NUKIGE, "v4590", "v12000")


@pytest.mark.parametrize(
    ("novel", "where"),
    [
        *((novel, "general") for novel in NOVELS),
        *((NUKIGE, where) for where in ORDINARY[1:]),
        *(
            pytest.param(novel, where, marks=pytest.mark.deep)
            for novel in NOVELS
            for where in ORDINARY[1:]
            if novel != NUKIGE
        ),
    ],
)
async def test_no_page_has_a_covered_picture_in_an_ordinary_channel(shared: Place, where: str, novel: str) -> None:
    """Of every novel in one of them, and of one in all: what a channel is is decided once, before any page."""
    shown = await show(shared, novel, find_channel(shared, where), spoilers=2)
    for end in PAGES:
        assert not any(covered(await open_page(shared, shown, f"{novel}{end}~1b")))


@pytest.mark.parametrize(
    ("where", "sexual"), [*((one, False) for one in ORDINARY), *((one, True) for one in RESTRICTED)]
)
async def test_sexual_tags_stand_in_age_restricted_channels_only(shared: Place, where: str, sexual: bool) -> None:
    shown = await show(shared, HUGE, find_channel(shared, where), spoilers=2)
    pages = [shown, *await open_page(shared, shown, f"{HUGE}/tags~1b")]
    named = "\n".join(texts(page) for page in pages)
    ids = {value for page in pages for value in list_values(page)}
    assert ("Sexual content" in named) is sexual
    assert ("Invented Tag 19" in named.split("\n")) is sexual
    assert ("g90019~1b" in ids) is sexual


@pytest.mark.parametrize(("where", "linked"), [("general", False), ("dm", False), ("after_dark", True)])
async def test_shops_of_releases_for_adults_are_linked_in_age_restricted_channels_only(
    shared: Place, where: str, linked: bool
) -> None:
    pages = await open_page(shared, await show(shared, HUGE, find_channel(shared, where)), f"{HUGE}/releases")
    said = "\n".join(texts(page) for page in pages)
    assert ("itch.io/release-18" in said) is linked
    assert "itch.io/release-17" in said


@pytest.mark.parametrize(("where", "named"), [("general", False), ("dm", False), ("after_dark", True)])
async def test_the_overview_names_sexual_tags_in_age_restricted_channels_only(
    shared: Place, where: str, named: bool
) -> None:
    said = texts(await show(shared, LOVERS, find_channel(shared, where)))
    assert ("Sexual Content" in said) is named


async def test_a_page_is_gated_by_what_the_channel_has_become(place: Place) -> None:
    channel = place.world.after_dark
    shown = await show(place, HUGE, channel)
    place.world.set_nsfw(channel, nsfw=False)
    # Further pages would be turned while the message leaves, which was shown where more might stand.
    opened = await (await choose(place.reader, shown, f"{HUGE}/screenshots")).message()
    assert covered([opened])
    assert not any(covered([opened]))


async def test_a_page_turn_is_gated_by_what_the_channel_has_become(place: Place) -> None:
    channel = place.world.after_dark
    first = await (await choose(place.reader, await show(place, HUGE, channel), f"{HUGE}/screenshots")).message()
    assert any(covered([first]))
    place.world.set_nsfw(channel, nsfw=False)
    turned = await (await press(place.reader, first, "Next")).message()
    assert covered([turned])
    assert not any(covered([turned]))


async def test_a_thread_is_gated_by_what_its_channel_has_become(place: Place) -> None:
    shown = await show(place, "v4590", place.world.after_dark_thread)
    assert covered([shown]) == [True]
    place.world.set_nsfw(place.world.after_dark, nsfw=False)
    again = await (await choose(place.reader, shown, "v4590")).message()
    assert covered([again]) == []


async def test_spoilers_are_gated_by_what_the_channel_has_become(place: Place) -> None:
    channel = place.world.after_dark
    shown = await (await choose(place.reader, await show(place, HUGE, channel), f"{HUGE}/tags")).message()
    place.world.set_nsfw(channel, nsfw=False)
    seen = await (await press(place.moderator, shown, "Show spoilers to me")).message()
    assert "Sexual content" not in texts(seen)
    assert find_button(seen, "Next") is not None


async def test_more_is_shown_where_a_channel_has_become_age_restricted(place: Place) -> None:
    shown = await show(place, HUGE, place.general)
    place.world.set_nsfw(place.general, nsfw=True)
    found = covered(await open_page(place, shown, f"{HUGE}/screenshots"))
    assert len(found) == SCREENSHOTS


@pytest.mark.parametrize("command", ["vn search", "vn top", "vn random", "vn similar", "vn info"])
async def test_no_command_shows_an_unsafe_picture_in_an_ordinary_channel(shared: Place, command: str) -> None:
    name = {"vn search": "title", "vn similar": "title", "vn info": "title"}.get(command)
    for novel in UNSAFE_COVERS[:3]:
        options: dict[str, Any] = {} if name is None else {name: novel}
        shown = await (await shared.reader.slash(shared.general, command, **options)).message()
        seen = {picture["url"].rpartition("/")[2] for picture in pictures(shown)}
        assert not seen & {f"{one[1:]}.svg" for one in UNSAFE_COVERS}


async def test_unsafe_covers_are_there_to_be_seen(shared: Place) -> None:
    """Else that they are not shown in ordinary channels says nothing."""
    library = shared.services.vndb.library.vn
    unsafe = {one.id for one in library if one.image and (one.image.sexual > 0.4 or one.image.violence > 0.4)}
    assert set(UNSAFE_COVERS) <= unsafe
    for novel in UNSAFE_COVERS[:3]:
        shown = await show(shared, novel, shared.world.after_dark)
        assert [picture["url"].rpartition("/")[2] for picture in pictures(shown)] == [f"{novel[1:]}.svg"]


async def test_likeness_by_sexual_tags_is_for_age_restricted_channels(shared: Place) -> None:
    async def list_shown(channel: Channel) -> str:
        return texts(await (await shared.reader.slash(channel, "vn similar", title=LOVERS)).message())

    assert await list_shown(shared.general) != await list_shown(shared.world.after_dark)
