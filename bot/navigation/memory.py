"""What pages looked like, so that the same page is not laid out twice.

What a page shows follows from the page, what was asked for it, the viewer, its address, the trail of its message and
the pages beside it in its menu. All of that is the key: whatever changes, it is another key, and nothing ever has to be
dropped but for room. Pages are laid out for nobody in particular, and kept as the text that Discord is sent; who asked
is put in last. Of the viewer's rules `show` gets only what cards change with, so that it cannot depend on what would be
no part of the key.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any

import discord
import msgspec

from bot.cards.duration import format_age
from bot.navigation.address import Address
from bot.navigation.frame import PageView, Trail
from bot.navigation.page import Page
from bot.navigation.viewer import Viewer

MAX_BYTES = 2_000_000
_KEY_BYTES = 1500  # about what a key takes besides

_AGE = re.compile(rb'"age_s":([0-9.e+-]+)')  # no text holds that: quotes in a text are escaped

# Nobody has this id, and no text can hold it: it is drawn anew at each start.
_ASKER_ID = 10**19 + secrets.randbelow(10**18)  # as long as any: what has room for it has room for everybody's


class Laid(msgspec.Struct, frozen=True):
    """A page as Discord is sent it (`components`, a JSON text), with somebody else in the place of who asked."""

    components: bytes
    files: Sequence[discord.File] = ()
    key: Key | None = None

    def address(self, viewer: Viewer) -> PageView:
        """The page for the one who asked."""
        text = self.components.replace(b"%d" % _ASKER_ID, b"%d" % viewer.asker_id)
        return PageView(components=msgspec.json.decode(text), files=self.files)


class Key:
    """All that the look of a page depends on. It is hashed but once, since that walks through all of it."""

    __slots__ = ("_hash", "_parts")

    def __init__(self, *parts: Hashable) -> None:
        self._parts = parts
        self._hash = hash(parts)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self._parts == other._parts


class Memory:
    """Pages that were laid out lately, up to about `max_bytes`."""

    def __init__(self, *, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._laid: OrderedDict[Key | None, Laid] = OrderedDict()

    def find(self, key: Key | None) -> Laid | None:
        """What is remembered under that key."""
        laid = self._laid.get(key)
        if laid is not None:
            self._laid.move_to_end(laid.key)  # itself: an equal one would be compared in full once more
        return laid

    def keep(self, key: Key | None, view: PageView) -> Laid:
        """Take up a page. Nothing is remembered of one without a key, or with files: they can be sent but once."""
        laid = Laid(msgspec.json.encode(view.to_components()), view.files, key)
        if key is not None and not laid.files:
            self._laid[key] = laid
            self._bytes += _count_bytes(laid)
            while self._bytes > self._max_bytes:
                self._bytes -= _count_bytes(self._laid.popitem(last=False)[1])
        return laid


def forget_asker(viewer: Viewer) -> Viewer:
    """Somebody who sees what this viewer sees, and is nobody. Of the rules only what cards change with is left."""
    return Viewer(_ASKER_ID, viewer.age_restricted, viewer.rules.keep_on_cards(), viewer.lists_on)


def build_key(
    page: Page[Any, Any],
    asked: object,
    viewer: Viewer,
    address: Address,
    trail: Trail,
    absent: Sequence[type[Page[Any, Any]]],
) -> Key | None:
    """What the look of a page depends on; None if what was asked is not of values alone, so that it cannot be told.

    `absent`: the pages that do not stand in its menu just now.
    """
    try:
        # By value, since an answer of a service is read anew each time; of its age by what people are told of it.
        values = _AGE.sub(_tell_age, msgspec.json.encode(asked, enc_hook=_find_digest))
    except (TypeError, ValueError):
        return None
    return Key(page, type(asked), hashlib.blake2b(values, digest_size=32).digest(), viewer, address, trail, *absent)


def _find_digest(value: object) -> str:
    """What stands for something large that is the same each time, such as a service's names of codes."""
    digest = getattr(value, "digest", None)
    if not isinstance(digest, str):
        raise TypeError(type(value))
    return digest


def _tell_age(age_s: re.Match[bytes]) -> bytes:
    return format_age(float(age_s[1])).encode()


def _count_bytes(laid: Laid) -> int:
    return len(laid.components) + _KEY_BYTES
