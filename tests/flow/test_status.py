"""`/status`: how it stands with each service, as everybody can ask for it."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from bot.playground.engine import Channel, texts
from bot.playground.service import Sample
from bot.playground.service.fault import Fault
from tests.flow.conftest import Place
from tests.flow.setting_message import SAVED
from tests.flow.test_database_fault import AWAY, choose, comes
from tests.flow.test_file_fault import at_its_limit
from tests.flow.vn_message import press


async def ask(place: Place, **options: Any) -> dict[str, Any]:
    return await (await place.reader.slash(place.general, "status", **options)).message()


@pytest.mark.parametrize("where", ["general", "general_thread", "after_dark", "dm", "elsewhere"])
async def test_it_can_be_asked_everywhere(shared: Place, where: str) -> None:
    channel: Channel = getattr(shared.world, where)
    shown = texts(await (await shared.reader.slash(channel, "status", user_install=where == "elsewhere")).message())
    assert shown.startswith("## Status\n")
    assert "Not to be had" not in shown
    for name in ("VNDB", "AniList", "E-Hentai", "Nekos API", "Discord"):
        assert name in shown
    assert "amvstrm" not in shown


async def test_it_says_what_is_away_until_when_and_what_that_means(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.http.throttle.FIRST_PAUSE_S", 60.0)  # a busy machine is slow
    services, reader = place.services, place.reader
    await reader.slash(place.general, "vn info", title="v17")
    services.vndb.fault = "429"
    services.anilist.fault = "500"
    for command in ("vn info", "anime info"):
        await (await reader.slash(place.general, command, title="v4" if command == "vn info" else "#1")).message()
    card = await ask(place)
    shown = texts(card)
    assert "Not to be had just now: VNDB, AniList." in shown
    assert re.search(r"VNDB asked for a pause; that is over <t:[0-9]+:R>\.\n-# What was looked up lately", shown)
    assert "AniList answered with an error when last asked, <t:" in shown
    services.anilist.fault = None
    await (await reader.slash(place.general, "anime info", title="#1")).message()
    updated = await press(reader, card, "Update")
    assert updated.kind == "update"
    assert re.search(r"AniList (answers, mostly within|is slow: an answer) ", texts(await updated.message()))
    copied = await press(place.moderator, card, "Update")
    assert copied.ephemeral


async def test_it_can_be_updated_after_a_restart_which_still_knows_of_a_ban(unconnected: Place) -> None:
    async with unconnected.connected():
        unconnected.services.ehentai.ban()
        gallery = unconnected.services.ehentai.library[Sample.PLAIN]
        await (
            await unconnected.reader.slash(unconnected.world.after_dark, "gallery preview", url=gallery.url)
        ).message()
        card = await ask(unconnected)
        assert "E-Hentai has shut Shiori out until" in texts(card)
    async with unconnected.connected():
        updated = texts(await (await press(unconnected.reader, card, "Update")).message())
    assert "E-Hentai has shut Shiori out until" in updated
    assert ": Discord " in updated


async def test_it_names_what_the_host_has_switched_off_and_nothing_for_adults_where_nothing_is(
    unconnected: Place,
) -> None:
    async with unconnected.connected(feature_galleries=False, amvstrm_api_url=unconnected.services.amvstrm.api_url):
        shown = texts(await ask(unconnected))
    assert "E-Hentai is switched off by whoever hosts this bot.\n-# Waiting changes nothing" in shown
    assert "amvstrm" in shown
    async with unconnected.connected(feature_adult=False):
        shown = texts(await ask(unconnected))
    assert "E-Hentai" not in shown
    assert "alleries" not in shown


NAMES = {"vndb": "VNDB", "anilist": "AniList", "ehentai": "E-Hentai", "nekos": "Nekos API"}


@pytest.mark.parametrize("fault", ["rubbish", "null"])
async def test_what_answers_with_what_nobody_understands_is_not_well(place: Place, fault: Fault) -> None:
    url = place.services.ehentai.library[Sample.PLAIN].url
    asked: dict[str, dict[str, Any]] = {
        "vn info": {"title": "v17"},
        "anime info": {"title": "#1"},
        "gallery preview": {"url": url},
        "image random": {},
    }
    for name in NAMES:
        getattr(place.services, name).fault = fault
    for command, options in asked.items():
        await (await place.reader.slash(place.world.after_dark, command, **options)).message()
    shown = texts(await ask(place))
    assert f"Not to be had just now: {', '.join(NAMES.values())}.\n" in shown
    assert shown.count("answered with something Shiori does not understand when last asked, <t:") == 4


@pytest.mark.parametrize(
    ("fault", "told"), [("502", "answered with an error"), ("cut", "broke off before it had answered")]
)
async def test_what_happened_is_said(place: Place, fault: Fault, told: str) -> None:
    place.services.vndb.fault = fault
    await (await place.reader.slash(place.general, "vn info", title="v17")).message()
    assert f"VNDB {told} when last asked, <t:" in texts(await ask(place))


async def test_while_the_database_does_not_answer_it_says_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.question.WAIT_S", 0.1)
    async with place.shiori.store.database.write():  # nobody else reads meanwhile
        assert "Not to be had just now: Shiori's database." in texts(await ask(place))
    await asyncio.sleep(1.1)  # so long an answer is believed
    assert "database" not in texts(await ask(place))


async def test_while_nothing_can_be_saved_it_says_so(place: Place) -> None:
    """The disk is full: what is stored can be read."""
    assert SAVED in await choose(place, "off")
    async with at_its_limit(place.data_dir):
        assert AWAY in await choose(place, "on")
        shown = texts(await ask(place))
        assert "All is well" not in shown
        assert "Shiori's database takes no changes just now." in shown
    await comes(lambda: not place.shiori.store.recovery.refuses)
    assert "database" not in texts(await ask(place))
