"""How many typed titles are answered at hand: the real shelf on a real SQLite, and the real `Vndb` behind it.

The titles are made up: 5,000 novels with two romanised names, an English one and two in Japanese each, as a shelf that
is full has them. Typed are beginnings of three letters or more, and names with one letter wrong, left out, too many or
changed over with the next. VNDB, which is asked where nothing is at hand, knows nothing.
"""

from __future__ import annotations

import random
import statistics
import string
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from bot.anime.api.model import Media, MediaRow
from bot.anime.api.model import Title as MediaTitle
from bot.http import Client, MemoryCache, Priority, SystemClock, asking
from bot.lookup.source import build_shelves
from bot.names.record import NameRecords, Turn
from bot.names.shelf import NameShelf
from bot.store.store import open_store
from bot.vndb.api import at_hand
from bot.vndb.api.client import Vndb, policy
from bot.vndb.api.kind import VN
from bot.vndb.api.model import Title, Vn
from tests.bench.row import Row
from tests.support.transport import Reply, ScriptedTransport

T = TypeVar("T", bound=msgspec.Struct)

_NOVELS, _MEDIA, _TYPED, _PAGE = 5000, 2500, 1000, 100
WORKS = _NOVELS + 2 * _MEDIA
KNOWN_TITLE = "The Title That Everybody Knows"
_SHARE_TARGET, _REQUESTS_TARGET, _MEDIAN_TARGET_S = 0.9, 60, 0.005
_CONSONANTS = ("", "k", "s", "t", "n", "h", "m", "y", "r", "w", "g", "z", "d", "b", "ky", "sh", "ch")
_SYLLABLES = [consonant + vowel for consonant in _CONSONANTS for vowel in "aiueo"]
_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンの夢月空花雪夜恋星色"
_WORDS = ("the", "of", "love", "night", "story", "summer", "heart", "angel", "sky", "winter", "dream", "garden", "moon")


def _romanise(rng: random.Random) -> str:
    words = ("".join(rng.choices(_SYLLABLES, k=rng.randint(1, 4))).capitalize() for _ in range(rng.randint(1, 4)))
    return " ".join(words)


def _make_novel(rng: random.Random, number: int) -> Vn:
    english = " ".join([*rng.sample(_WORDS, rng.randint(1, 3)), _romanise(rng)])
    native = "".join(rng.choices(_KANA, k=rng.randint(4, 14)))
    return Vn(
        id=f"v{number}",
        title=_romanise(rng),
        alttitle=native,
        titles=[Title(lang="en", title=english), Title(lang="ja", title=native)],
        aliases=[_romanise(rng), native[: max(3, len(native) // 2)]],
        olang="ja",
        released="2010-01-01",
        votecount=_NOVELS - number,
    )


def _make_row(novel: Vn) -> MediaRow:
    """A work of AniList's that is called as a novel is."""
    romaji, english, native, *synonyms = dict.fromkeys(VN.list_names(novel))
    title = MediaTitle(romaji, english, native)
    names = [one for one in synonyms if one]
    return Media(int(novel.id[1:]), title=title, is_adult=False, popularity=novel.votecount, synonyms=names)


def _type(rng: random.Random, novel: Vn) -> str:
    """The beginning of one of its names, or all of it with one letter wrong."""
    name = rng.choice([one for one in VN.list_names(novel) if one and len(one) >= 3])
    if rng.random() < 0.5 or len(name) < 5:
        return name[: rng.randint(3, len(name))]
    at = rng.randrange(len(name) - 1)
    wrong = rng.choice(string.ascii_lowercase)
    typos = (
        name[:at] + wrong + name[at + 1 :],
        name[:at] + name[at + 1 :],
        name[:at] + wrong + name[at:],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    )
    return rng.choice(typos)


async def fill_shelves(url: str) -> None:
    """Fill the three shelves of a database, as they are after a few hours."""
    rng, clock = random.Random(1), SystemClock()
    store = await open_store(url, clock=clock)
    records = NameRecords(store.database)
    shelves = build_shelves(records, clock=clock)
    known = Vn(id="v1", title=KNOWN_TITLE)
    novels = [known, *(_make_novel(rng, number) for number in range(2, _NOVELS + 1))]
    await _fill(shelves.novels, records, novels, clock)
    for shelf in shelves.media.values():
        await _fill(shelf, records, [_make_row(_make_novel(rng, number)) for number in range(1, _MEDIA + 1)], clock)
    await store.close()


async def _fill(shelf: NameShelf[T], records: NameRecords, works: Sequence[T], clock: SystemClock) -> None:
    for first in range(0, len(works), _PAGE):
        page = shelf.describe(works[first : first + _PAGE])
        await records.finish_turn(Turn(shelf.name, 1, 0), page, last=False, now_s=int(clock.time()))


async def measure_names(seed: int) -> list[Row]:
    """Fill a shelf, and type a thousand titles of it."""
    rng, clock = random.Random(seed), SystemClock()
    novels = [_make_novel(rng, number) for number in range(1, _NOVELS + 1)]
    nothing = msgspec.json.encode({"results": [], "more": False, "time": 4})
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{Path(folder) / 'shiori.db'}", clock=clock)
        records = NameRecords(store.database)
        shelf = NameShelf(at_hand.SHELF, Vn, at_hand.describe, records=records, clock=clock)
        await _fill(shelf, records, novels, clock)
        began_s = time.perf_counter()
        await shelf.load()
        load_s = time.perf_counter() - began_s
        transport = ScriptedTransport(clock)
        transport.answer = lambda _: Reply(body=nothing)
        client = Client(transport, clock=clock, cache=MemoryCache(), policies=[policy()], rng=rng)
        vndb = Vndb(client, base_url="http://scripted", rng=rng, clock=clock, at_hand=shelf)
        await shelf.find("not in here", adult=True)  # the library is imported once
        answered, took_s = 0, list[float]()
        for _ in range(_TYPED):
            novel = rng.choice(novels)
            typed, before = _type(rng, novel), len(transport.sent)
            began_s = time.perf_counter()
            with asking(clock, within_s=2.5, priority=Priority.AUTOCOMPLETE):
                found = await vndb.suggest(VN, typed, asker=None)
            took_s.append(time.perf_counter() - began_s)
            answered += len(transport.sent) == before and novel.id in {one.id for one in found[:25]}
        await client.close()
        await store.close()
    return _build_rows(answered, len(transport.sent), took_s, size_bytes=shelf.index.size_bytes, load_s=load_s)


def _build_rows(answered: int, requests: int, took_s: list[float], *, size_bytes: int, load_s: float) -> list[Row]:
    share, median_s = answered / _TYPED, statistics.median(took_s)
    met = share >= _SHARE_TARGET and requests <= _REQUESTS_TARGET and median_s <= _MEDIAN_TARGET_S
    return [
        Row(
            f"{_TYPED} typed titles, beginnings and single typos of {_NOVELS} novels at hand: what is meant is"
            " suggested without a request; requests; median and 99th percentile",
            f"{share:.1%}; {requests} requests; {median_s * 1000:.1f} ms,"
            f" {statistics.quantiles(took_s, n=100)[98] * 1000:.1f} ms",
            target=f"≥ {_SHARE_TARGET:.0%}; ≤ {_REQUESTS_TARGET}; ≤ {_MEDIAN_TARGET_S * 1000:g} ms",
            met=met,
        ),
        Row(
            f"Memory of the names of {_NOVELS} novels, and how long it takes to load them",
            f"{size_bytes / 1e6:.1f} MB; {load_s * 1000:.0f} ms",
        ),
    ]
