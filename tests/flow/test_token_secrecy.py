"""A token is nowhere in what the program writes: its log, its database, its cache, what it tells Discord, an export.

Looked for is every run of eight signs of it, as people write it and without dashes, in every spelling that a program
may give a text.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import io
import json
import logging
import signal
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import quote

import pytest

from bot.account.seal import Sealer
from bot.errors import ServiceError
from bot.http import MemoryCache, Priority, SystemClock, asking
from bot.log import configure_logging
from bot.playground.engine import texts
from tests.flow import my_list_message as mine
from tests.flow.conftest import Place
from tests.flow.setting_message import open_panel
from tests.flow.test_me import read_export
from tests.flow.test_start import start_program
from tests.flow.token_message import KEY, OTHERS, RO, RW, UNKNOWN, connected, enter, give_tokens, link, open_screen, say
from tests.flow.vn_message import press

RUN = 8
MISTYPED = RW.replace("z", "l")
SHORT = OTHERS[:-2]
TYPED = (RW, RO, UNKNOWN, OTHERS, MISTYPED, SHORT)
FAULTS = ("500", "502", "timeout", "rubbish", "null", "cut", "redirect", "lost", "huge", "deep")


def list_runs(token: str) -> Iterator[str]:
    """Every eight signs of it that stand together, in lower and upper case, with and without dashes."""
    for text in (token, token.replace("-", "")):
        for start in range(len(text) - RUN + 1):
            yield text[start : start + RUN]
            yield text[start : start + RUN].upper()


def spell(run: str) -> Iterator[bytes]:
    """The ways in which a program may write a text."""
    raw = run.encode()
    yield raw  # in the log, in JSON, in the repr of a text or of bytes, in an address
    yield run.encode("utf-16-le")
    yield raw.hex().encode()
    yield "".join(f"%{byte:02X}" for byte in raw).encode()
    yield quote(run, safe="").encode()
    yield "".join(f"\\u{ord(sign):04x}" for sign in run).encode()
    yield "".join(f"\\x{byte:02x}" for byte in raw).encode()
    for shift in range(3):  # base64 of a longer text, wherever the run stands in it: without what its neighbours share
        first = (shift * 8 + 5) // 6
        coded = base64.b64encode(b"\0" * shift + raw)
        yield coded[first : (8 * (shift + len(raw))) // 6]


SPELLINGS: defaultdict[bytes, set[bytes]] = defaultdict(set)
"""By how they begin: none is shorter than a run."""
for spelling in {spelling for token in TYPED for run in list_runs(token) for spelling in spell(run)}:
    SPELLINGS[spelling[:RUN]].add(spelling)


def find(*written: bytes) -> list[bytes]:
    """Which spellings stand anywhere in it. Thousands of searches in megabytes would take seconds."""
    found: list[bytes] = []
    for one in written:
        parts = {one[at : at + RUN] for at in range(len(one) - RUN + 1)}
        found += [spelling for begin in SPELLINGS.keys() & parts for spelling in SPELLINGS[begin] if spelling in one]
    return found


def test_what_is_looked_for_is_found_in_every_spelling() -> None:
    shown = f"Token {RW}"
    for written in (
        shown,
        shown.upper(),
        repr(shown.encode()),
        json.dumps({"Authorization": shown}),
        RW.replace("-", ""),
        base64.b64encode(shown.encode()).decode(),
        base64.urlsafe_b64encode(b"x" + RW.replace("-", "").encode()).decode(),
        shown.encode().hex(),
        quote(shown),
        "".join(f"%{byte:02X}" for byte in RW.encode()),
        "".join(f"\\u{ord(sign):04x}" for sign in RW),
        RW[5:20],
    ):
        assert find(written.encode()), written
    assert not find(b"Token [secret]", Sealer([b"k" * 32]).key_ids[0].encode())


def read_files(folder: Path) -> Iterator[bytes]:
    """The database, with what SQLite keeps beside it."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "shiori.db" for path in paths)
    for path in paths:
        yield path.read_bytes()


def read_told(place: Place) -> Iterator[bytes]:
    """All that Discord was told, and all that it keeps of it."""
    assert place.world.requests
    for request in place.world.requests:
        yield repr(request).encode()
        yield json.dumps(request.body, default=repr).encode()
    yield from (repr(message).encode() for message in place.world.messages.values())
    yield from place.world.attachments.values()


def read_caches() -> Iterator[bytes]:
    """Every text in the caches of this process: keys, and bodies, which are compressed."""
    caches = [one for one in gc.get_objects() if isinstance(one, MemoryCache)]
    seen: set[int] = set()
    waiting: list[object] = list(caches)
    while waiting:
        one = waiting.pop()
        if id(one) in seen or callable(one) or isinstance(one, ModuleType):
            continue  # code leads to all there is
        seen.add(id(one))
        if isinstance(one, str):
            yield one.encode(errors="surrogatepass")
        elif isinstance(one, bytes):
            yield one
            with contextlib.suppress(zlib.error):
                yield zlib.decompress(one)
        else:
            waiting += gc.get_referents(one)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged at the level DEBUG, as it stands before anything is blotted out of it."""
    root = logging.getLogger()
    before = (root.level, root.handlers[:])
    levels = {name: logging.getLogger(name).level for name in ("discord", "alembic")}
    configure_logging(level="DEBUG")
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    root.addHandler(handler)
    yield written
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


async def use(place: Place) -> None:
    """Ask VNDB with the reader's token: in vain, too, and when it does not answer in time."""
    vndb, user_id = place.shiori.sources.vndb, int(place.reader.user.id)
    held = await place.shiori.tokens.require(user_id)
    for fault in (None, *FAULTS, "hang"):
        place.services.vndb.fault = fault  # type: ignore[assignment]
        with (
            contextlib.suppress(ServiceError),
            asking(SystemClock(), within_s=0.5 if fault == "hang" else 10.0, priority=Priority.COMMAND, person=user_id),
        ):
            await vndb.my_list.fetch_entry("v17", held.credential)
            await vndb.my_list.fetch_labels(held.credential)
    place.services.vndb.fault = None


async def break_database(place: Place, text: str) -> None:
    def run() -> None:
        with contextlib.closing(sqlite3.connect(place.data_dir / "shiori.db")) as connection, connection:
            connection.execute(text)

    await asyncio.to_thread(run)


async def test_nothing_that_this_process_writes_holds_a_token(unconnected: Place, log: io.StringIO) -> None:
    place = unconnected
    async with connected(place, KEY):
        for token in (UNKNOWN, RO, MISTYPED, SHORT):
            assert "✅" not in await link(place, place.reader, token)
        for fault in ("500", "rubbish", "redirect", "cut"):
            place.services.vndb.fault = fault
            assert "✅" not in await link(place, place.reader, RW)
        place.services.vndb.fault = None
        screen = await open_screen(place.reader, place.general)
        await break_database(place, "ALTER TABLE vndb_token RENAME TO gone")
        assert "cannot reach its own database" in await say(await enter(place.reader, screen, RW))
        await break_database(place, "ALTER TABLE gone RENAME TO vndb_token")
        assert "✅ Linked **testreader**" in await link(place, place.reader, RW)
        assert "✅ Linked **AyaReads**" in await link(place, place.moderator, OTHERS)
        await use(place)
        panel = await open_panel(place.reader, place.general, "me")
        await panel.press("me:export")
        assert read_export(place, panel)["vndb_token"]
        place.services.vndb.tokens.revoke(RW)
        held = await place.shiori.tokens.require(int(place.reader.user.id))
        with contextlib.suppress(ServiceError):
            await place.shiori.sources.vndb.my_list.fetch_entry("v4", held.credential)
        assert "does not know this token any more" in texts(await open_screen(place.reader, place.general))
        kept = list(read_caches())
        assert any(b"ulist_labels" in one for one in kept)  # which was asked with the token
        assert find(*kept) == []
        assert find(*read_files(place.data_dir)) == []
        await (await place.moderator.slash(place.general, "vndb unlink")).message()
    assert "VNDB refused" in log.getvalue()
    assert find(log.getvalue().encode()) == []
    assert find(*read_told(place)) == []
    assert find(*read_files(place.data_dir)) == []


async def test_nothing_that_the_program_prints_holds_a_token(unconnected: Place) -> None:
    place = unconnected
    give_tokens(place)
    process = await start_program(place, SECRET_KEYS=KEY, LOG_LEVEL="DEBUG", PYTHONASYNCIODEBUG="1")
    events = place.world.subscribe()
    while not (place.world.commands and place.world.bot_connected):
        await asyncio.wait_for(events.get(), timeout=60)
    for token in (UNKNOWN, RO, MISTYPED, SHORT):
        assert "✅" not in await link(place, place.reader, token)
    for fault in ("500", "rubbish"):
        place.services.vndb.fault = fault
        assert "✅" not in await link(place, place.reader, RW)
    place.services.vndb.fault = None
    assert "✅ Linked **testreader**" in await link(place, place.reader, RW)
    await change_list(place)
    process.send_signal(signal.SIGTERM)
    stdout, stderr = await asyncio.wait_for(process.communicate(), timeout=30)
    for what in (b"authinfo status=401", b"my list status=200", b"PATCH ulist status=204", b"my list status=401"):
        assert b"what=" + what in stderr
    assert b"DEBUG" in stderr
    assert find(stdout, stderr, *read_told(place), *read_files(place.data_dir)) == []
    code, shown = await run_keys(place)
    assert (code, find(shown)) == (0, [])


async def change_list(place: Place) -> None:
    """Use the panel of one's own list: as it should be, where VNDB fails, and after the token was taken back."""
    panel = await mine.open_panel(place, place.reader)
    panel = await mine.type_into(place.reader, panel, "Vote", vote="8.5")
    assert "**Vote:** 8.5" in texts(panel)
    mine.fail_writes(place, "500", "lost", reads=("500", "rubbish"))
    for status in (1, 2):
        await (await place.reader.select(panel, mine.find_id(panel, "mine-status:"), [str(status)])).acknowledged()
    mine.fail_writes(place)
    place.services.vndb.tokens.revoke(RW)
    refused = await press(place.reader, await mine.open_card(place, place.reader, "v17"), "My list")
    assert "does not know" in texts(await refused.message())


async def run_keys(place: Place) -> tuple[int | None, bytes]:
    process = await start_program(place, "keys", "rotate", SECRET_KEYS=KEY, LOG_LEVEL="DEBUG")
    stdout, stderr = await asyncio.wait_for(process.communicate(), timeout=30)
    assert b"1 sealed with it" in stdout
    return process.returncode, stdout + stderr
