"""What is remembered of a page is never what another place gets, whatever was shown or chosen before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from bot.errors import ShioriError
from bot.gate.chosen import NOTHING_CHOSEN, Chosen
from bot.gate.declaration import Choice
from bot.gate.rules import Hosted, Rules
from bot.gate.rules import Place as Where
from bot.gate.setting import IMAGE_LEVEL, SETTINGS
from bot.http import Priority, SystemClock, asking
from bot.lookup.source import PAGES, Sources
from bot.navigation.address import Address
from bot.navigation.page import State, Visit
from bot.navigation.router import Router
from bot.navigation.viewer import Viewer
from bot.playground.engine import Channel, Person, pictures, texts
from tests.flow.conftest import Place
from tests.flow.setting_message import choose_for_channel, choose_for_server, set_own
from tests.flow.vn_message import choose, find_askers, list_pages

Payload = dict[str, Any]

HUGE = "v90001"
PLACES = (
    *(f"{HUGE}{end}" for end in ("", "/tags", "/screenshots")),
    *(f"v2002{end}" for end in ("", "/characters", "/releases", "/links", "/anime")),
    *("v97", "similar/v2002", "c34", "c34/traits", "p24", "g32", "list/v/rating", "list/g/number.cont", "stats"),
    *("anime/9253", "anime/9253/cast", "anime/190005", "anime/190014", "manga/45489", "airing/week/3600"),
)


def list_viewers() -> Iterator[Viewer]:
    """Somebody in a channel that is age-restricted and in one that is not, with each value of each setting; and where
    a host has nothing for adults, which is what a server's choices are held against before any page.
    """
    chosen = [NOTHING_CHOSEN]
    for one in SETTINGS.values():
        if one.on_cards and isinstance(one.form, Choice):
            chosen += [
                NOTHING_CHOSEN.put(one, value)
                for value in cast("dict[object, str]", one.form.labels)
                if value != one.default
            ]
    chosen.append(Chosen(lost=frozenset({IMAGE_LEVEL})))
    wholesome = Hosted(adult=False)
    for hosted, age_restricted, choices in (
        (Hosted(), True, chosen),
        (Hosted(), False, chosen),
        (wholesome, False, [chosen[0], chosen[-1]]),
    ):
        for server in choices:
            rules = Rules(Where(age_restricted=age_restricted), server=server, hosted=hosted)
            yield Viewer(7, age_restricted, rules)


async def lay_out(router: Router[Sources], place: Place, address: Address, viewer: Viewer) -> object:
    """What that viewer is sent, or why not."""
    visit = Visit(viewer, place.shiori.sources, State(address))
    with asking(SystemClock(), within_s=20, priority=Priority.COMMAND):
        try:
            return (await router.show(router.read, visit)).to_components()
        except ShioriError as error:
            return repr(error)


async def test_what_comes_from_memory_is_what_would_be_made_anew(place: Place) -> None:
    warm = Router[Sources](PAGES)
    viewers = list(list_viewers())
    for address in (Address(path, spoiler=1) for path in PLACES):
        shown = [await lay_out(warm, place, address, viewer) for viewer in viewers]
        assert any(isinstance(one, list) for one in shown), (address, shown[0])
        for viewer, before in zip(viewers, shown, strict=True):
            assert await lay_out(warm, place, address, viewer) == before, address
            assert await lay_out(Router[Sources](PAGES), place, address, viewer) == before, address


async def show_pages(place: Place, channel: Channel, end: str, *, by: Person | None = None) -> list[Payload]:
    """The pages of a novel with pictures of every kind."""
    card = await (await (by or place.reader).slash(channel, "vn info", title=HUGE)).message()
    first = await (await choose(by or place.reader, card, f"{HUGE}{end}")).message()
    return await list_pages(by or place.reader, first)


def count_covered(pages: list[Payload]) -> int:
    return sum(picture["spoiler"] for page in pages for picture in pictures(page))


async def test_what_an_age_restricted_channel_was_shown_no_other_gets(place: Place) -> None:
    restricted = await show_pages(place, place.world.after_dark, "/screenshots")
    assert count_covered(restricted) > 0
    channels = (place.general, place.world.general_thread, place.world.dm, place.world.elsewhere)
    for channel in channels:
        assert count_covered(await show_pages(place, channel, "/screenshots")) == 0
    assert [texts(one) for one in await show_pages(place, place.world.after_dark, "/screenshots")] == [
        texts(one) for one in restricted
    ]
    place.world.set_nsfw(place.world.after_dark, nsfw=False)
    assert count_covered(await show_pages(place, place.world.after_dark, "/screenshots")) == 0


async def test_what_is_chosen_between_holds_at_once(place: Place) -> None:
    channel = place.world.after_dark

    async def count() -> int:
        return count_covered(await show_pages(place, channel, "/screenshots"))

    everything = await count()
    await choose_for_server(place, "cards", "set:s:image_level", "0")
    assert await count() == 0
    await choose_for_channel(place, channel, "image_level", "1")
    assert 0 < await count() < everything
    await choose_for_server(place, "cards", "set:s:image_level", "2")
    await choose_for_channel(place, channel, "image_level", "inherit")
    assert await count() == everything


async def test_a_persons_own_choice_is_not_what_others_get(place: Place) -> None:
    async def read(person: Person) -> str:
        card = await (await person.slash(place.general, "vn info", title="v7")).message()
        assert find_askers(card) == {person.user.id}
        return texts(card).splitlines()[0]

    before = await read(place.reader)
    await set_own(place, place.reader, "title_language", "native")
    native = await read(place.reader)
    assert native != before
    assert (await read(place.moderator), await read(place.reader)) == (before, native)


async def test_who_asked_before_is_nowhere_in_what_others_get(place: Place) -> None:
    world = place.world
    cards = [
        await (await place.person(user).slash(place.general, "vn search", title="steins")).message()
        for user in (world.reader, world.moderator)
    ]
    first, second = [json.dumps(card["components"]) for card in cards]
    assert world.reader.id in first and world.moderator.id not in first
    assert world.moderator.id in second and world.reader.id not in second
