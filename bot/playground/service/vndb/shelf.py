"""Entries that are there for tests, with impossible names or far too much of something, stand on no shelf.

Lists, counts and random draws pass over them; who names one, by its id or by a search, is shown it.
"""

from __future__ import annotations

import itertools
import re

import msgspec

from bot.playground.service.vndb.data import Library

FIRST_FOR_TESTS = 90_000
"""The first number of such an entry. What belongs to one may have any number."""
# The id of what may be such an entry; whoever asks for another one by this is shown nothing else.
_ID = re.compile(r"[a-z](9\d{4}|\d{6,})")


def find_off_shelf(library: Library) -> frozenset[str]:
    """The ids of all of them, and of what belongs to nothing else."""
    named = itertools.chain(library.vn, library.producers, library.tags, library.traits, library.staff)
    off = {one.id for one in named if int(one.id[1:]) >= FIRST_FOR_TESTS}
    off |= {one.id for one in library.releases if all(part.vn in off for part in one.vns)}
    off |= {one.id for one in library.characters if all(part.vn in off for part in one.vns)}
    off |= {one.id for one in library.quotes if one.vn in off or int(one.id[1:]) >= FIRST_FOR_TESTS}
    return frozenset(off)


def names_one(filters: object) -> bool:
    """Whether filters, in their normal form, name such an entry or search for a name."""
    if isinstance(filters, list):
        parts = msgspec.convert(filters, list[object])
        return parts[:1] == ["search"] or any(names_one(one) for one in parts)
    return isinstance(filters, str) and _ID.fullmatch(filters) is not None
