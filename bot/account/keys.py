"""`python -m bot keys`: makes keys, says which are in use, and seals all that is stored with the first one."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

from bot.account.seal import Sealer, Unopened, build_key, read_key_id
from bot.account.token import Tokens
from bot.config import Config
from bot.errors import StoreError
from bot.http import SystemClock
from bot.store.store import open_store

NO_KEYS = "SECRET_KEYS is not set, so nobody can link one (`python -m bot keys new` makes a key)."


def print_new_key() -> int:
    """Print a key and nothing else, so that it can be written into a file. The exit code."""
    _say(build_key())
    return 0


async def run_keys(config: Config, *, rotate: bool) -> int:
    """Say what is sealed with which key; before that, if it is to `rotate`, seal all with the first one.

    The exit code: 0 all can be opened, 1 something cannot, or the database cannot be used.
    """
    try:
        store = await open_store(config.store_url, clock=SystemClock())
    except StoreError as error:
        _say(f"The database cannot be opened: {error.reason}.")
        return 1
    sealer = Sealer(config.keys)
    tokens = Tokens(store.database, sealer, clock=SystemClock())
    try:
        if not sealer.key_ids:
            _say(f"VNDB tokens: {NO_KEYS}")
        elif rotate:
            await _rotate(tokens, sealer)
        return await _check(tokens, sealer)
    except StoreError as error:
        _say(f"The database failed: {error.reason}. What was done is done; the same call goes on from there.")
        return 1
    finally:
        await store.close()


async def count_tokens(tokens: Tokens, sealer: Sealer) -> tuple[int, int]:
    """How many tokens are stored, and how many of them open with none of the keys. Raises StoreError."""
    opened = [_opens(sealer, user_id, sealed) async for user_id, sealed in _list_all(tokens)]
    return len(opened), opened.count(False)


async def _rotate(tokens: Tokens, sealer: Sealer) -> None:
    """One after the other, so that a stop in between leaves each whole, and the next call does the rest."""
    done = 0
    async for user_id, sealed in _list_all(tokens):
        if not sealer.seals_now(sealed) and _opens(sealer, user_id, sealed):
            await tokens.reseal(user_id, sealed)
            done += 1
    _say(f"Sealed anew: {done}.")


async def _check(tokens: Tokens, sealer: Sealer) -> int:
    used: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    async for user_id, sealed in _list_all(tokens):
        (used if _opens(sealer, user_id, sealed) else lost)[read_key_id(sealed)] += 1
    for number, key_id in enumerate(sealer.key_ids, start=1):
        role = "seals" if number == 1 else "is still needed" if used[key_id] else "can go"
        _say(f"Key {number} ({key_id}): {used[key_id]} sealed with it; it {role}.")
    for key_id, count in sorted(lost.items()):
        known = "although that key is there: damaged" if key_id in sealer.key_ids else "which is not there"
        _say(f"Key {key_id}: {count} sealed with it cannot be opened, {known}. Their people have to link again.")
    return 1 if lost else 0


async def _list_all(tokens: Tokens) -> AsyncIterator[tuple[int, str]]:
    after = 0
    while portion := await tokens.list_sealed(after=after):
        for one in portion:
            yield one
        after = portion[-1][0]


def _opens(sealer: Sealer, user_id: int, sealed: str) -> bool:
    try:
        sealer.open(sealed, person=user_id)
    except Unopened:
        return False
    return True


def _say(line: str) -> None:
    print(line)  # noqa: T201
