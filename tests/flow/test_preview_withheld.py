"""What may be shown nowhere is not shown by any way there is, and leaves no trace in the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from bot.playground.engine import texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    find_url,
    forge_button,
    list_replies,
    post,
    preview,
    set_reader,
    set_server,
    settle,
)
from tests.flow.vn_message import press

Payload = dict[str, Any]

SAMPLES = [
    Sample.WITHHELD_BY_NAMESPACED_TAG,
    Sample.WITHHELD_NON_H,
    Sample.WITHHELD_BY_BARE_TAG,
    Sample.UNTAGGED,
]
SENTENCE = "This gallery may not be shown anywhere."


def list_secrets(place: Place, sample: Sample) -> list[str]:
    """What would give the gallery away."""
    gallery = place.services.ehentai.library[sample]
    tags = [tag.strip() for one in gallery.tags for tag in (one, one.rpartition(":")[2])]
    return [str(gallery.gid), gallery.token, gallery.title, gallery.uploader, *tags, "e-hentai.org", "/t/"]


def check_kept(place: Place, sample: Sample, said: str) -> None:
    """Nothing that anybody sees has anything of the gallery in it."""
    assert [secret for secret in list_secrets(place, sample) if secret.casefold() in said.casefold()] == []


async def _slash(place: Place, sample: Sample) -> Payload:
    exchange = await place.reader.slash(place.world.after_dark, "gallery preview", url=find_url(place, sample))
    return await exchange.message()


async def _slash_page(place: Place, sample: Sample) -> Payload:
    url = place.services.ehentai.library[sample].page_url(1)
    return await (await place.reader.slash(place.world.after_dark, "gallery preview", url=url)).message()


async def _slash_torrents(place: Place, sample: Sample) -> Payload:
    exchange = await place.reader.slash(place.world.after_dark, "gallery torrents", url=find_url(place, sample))
    return await exchange.message()


async def _menu(place: Place, sample: Sample) -> Payload:
    message = await place.reader.post(place.world.after_dark, find_url(place, sample))
    return await (await place.reader.context_menu(place.world.after_dark, "Preview links", message)).message()


async def _direct_menu(place: Place, sample: Sample) -> Payload:
    await set_reader(place, dm_galleries=True)
    message = await place.reader.post(place.world.dm, find_url(place, sample))
    return await (await place.reader.context_menu(place.world.dm, "Preview links", message)).message()


async def _forged(place: Place, sample: Sample, custom_id: str) -> Payload:
    gallery = place.services.ehentai.library[sample]
    custom_id = custom_id.format(asker=place.world.reader.id, key=f"gallery/{gallery.gid}/{gallery.token}")
    forged = forge_button(place, place.world.after_dark, custom_id)
    return await (await place.reader.press(forged, custom_id)).message()


async def _see(place: Place, sample: Sample) -> Payload:
    return await _forged(place, sample, "see:{key}")


async def _go(place: Place, sample: Sample) -> Payload:
    return await _forged(place, sample, "go:{asker}:{key}")


async def _back(place: Place, sample: Sample) -> Payload:
    return await _forged(place, sample, "back:{asker}:{key}")


async def _see_torrents(place: Place, sample: Sample) -> Payload:
    return await _forged(place, sample, "see:{key}/torrents")


WAYS: list[Callable[[Place, Sample], Awaitable[Payload]]] = [
    _slash,
    _slash_page,
    _slash_torrents,
    _menu,
    _direct_menu,
    _see,
    _see_torrents,
    _go,
    _back,
]


@pytest.fixture(autouse=True)
def logging_everything(caplog: pytest.LogCaptureFixture) -> None:
    """All but discord.py's own, which is never logged below warnings."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "discord")


@pytest.mark.parametrize("way", WAYS)
async def test_who_asks_gets_one_sentence(
    place: Place, caplog: pytest.LogCaptureFixture, way: Callable[..., Awaitable[Payload]]
) -> None:
    sample = Sample.WITHHELD_BY_NAMESPACED_TAG
    answer = await way(place, sample)
    assert texts(answer) == SENTENCE
    check_kept(place, sample, json.dumps(answer["components"], ensure_ascii=False))
    check_kept(place, sample, caplog.text)


@pytest.mark.parametrize("sample", SAMPLES)
async def test_nothing_more_is_said_when_it_is_in_the_cache(
    place: Place, caplog: pytest.LogCaptureFixture, sample: Sample
) -> None:
    assert [texts(await way(place, sample)) for way in WAYS] == [SENTENCE] * len(WAYS)
    check_kept(place, sample, caplog.text)


@pytest.mark.parametrize("where", ["after_dark", "after_dark_thread", "general"])
async def test_links_are_passed_over_in_silence(place: Place, caplog: pytest.LogCaptureFixture, where: str) -> None:
    await set_server(place, non_h=True)
    await post(place, getattr(place.world, where), " ".join(find_url(place, sample) for sample in SAMPLES))
    assert list_replies(place, getattr(place.world, where)) == []
    for sample in SAMPLES:
        check_kept(place, sample, caplog.text)


async def test_direct_messages_get_one_sentence_about_them_and_nothing_else(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    await set_reader(place, dm_galleries=True)
    for sample in SAMPLES:
        await post(place, place.world.dm, find_url(place, sample))
    for sample, reply in zip(SAMPLES, list_replies(place, place.world.dm), strict=True):
        assert texts(reply) == f"-# {SENTENCE}\nRemove"
        check_kept(place, sample, caplog.text + json.dumps(reply["components"], ensure_ascii=False))


@pytest.mark.parametrize("sample", SAMPLES)
async def test_a_note_about_it_is_one_sentence(place: Place, sample: Sample) -> None:
    await set_server(place, notes=True)
    _, reply = await preview(place, find_url(place, sample))
    assert texts(reply) == f"-# {SENTENCE}\nRemove"
    check_kept(place, sample, json.dumps(reply["components"], ensure_ascii=False))


async def test_an_edit_brings_none_of_them_in(place: Place) -> None:
    message, before = await preview(place, find_url(place, Sample.PLAIN))
    await place.reader.edit(message, " ".join(find_url(place, sample) for sample in (Sample.PLAIN, *SAMPLES)))
    await settle(place)
    (reply,) = list_replies(place, place.world.after_dark)
    assert texts(reply) == texts(before)


@pytest.mark.parametrize(
    ("field", "label"), [("current", "Newest version"), ("parent", "Older version"), ("first", "First version")]
)
async def test_a_version_that_is_withheld_is_not_shown(place: Place, field: str, label: str) -> None:
    library = place.services.ehentai.library
    withheld = library[Sample.WITHHELD_BY_NAMESPACED_TAG]
    other = msgspec.structs.replace(library[Sample.OLDEST], **{field: withheld.gid})
    place.services.ehentai.library = type(library)([*(library[one] for one in library.galleries), other])
    shown = await (await place.reader.slash(place.world.after_dark, "gallery preview", url=other.url)).message()
    answer = await (await press(place.reader, shown, label)).message()
    assert texts(answer) == SENTENCE


async def test_nor_is_one_that_a_preview_leads_to(place: Place) -> None:
    library = place.services.ehentai.library
    withheld = library[Sample.WITHHELD_BY_NAMESPACED_TAG]
    older = msgspec.structs.replace(library[Sample.OLDEST], current=withheld.gid)
    place.services.ehentai.library = type(library)([*(library[one] for one in library.galleries), older])
    _, reply = await preview(place, older.url)
    answer = await (await press(place.reader, reply, "Newest version")).message()
    assert texts(answer) == SENTENCE
