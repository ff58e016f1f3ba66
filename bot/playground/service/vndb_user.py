"""Who has a name or an id, and which labels they have: `GET /user` and `GET /ulist_labels`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from bot.playground.service.query_error import QueryError
from bot.playground.service.vndb_entry import User
from bot.playground.service.vndb_index import LABELS, Index

_MAX_NAMES = 100
_FIELDS = frozenset({"lengthvotes", "lengthvotes_sum"})


def answer_users(index: Index, names: Sequence[str], fields: Sequence[str]) -> dict[str, object]:
    """The users by the names and ids as they were written, null for those that do not exist.

    Raises QueryError in the server's words; it cannot cope with the same name twice.
    """
    wanted = [name for one in fields for name in one.split(",")]
    if not names or len(names) > _MAX_NAMES or "" in names or not _FIELDS.issuperset(wanted):
        raise QueryError("Invalid argument")
    if len(set(names)) < len(names):
        text = "Internal server error. Can be temporary, but usually points to a server bug."
        raise QueryError(text, status=500)
    return {name: _show(_find(index, name), wanted) for name in names}


def answer_labels(
    index: Index, user: str | None, fields: Sequence[str], *, token: str | None = None
) -> dict[str, object]:
    """The public labels of a user, none if there is no such user. No token is one of theirs, and so refused."""
    wanted = [name for one in fields for name in one.split(",")]
    if user is None or token is not None or not re.fullmatch(r"u[1-9][0-9]{0,9}", user) or {*wanted} - {"count"}:
        raise QueryError("Invalid argument")
    person = index.users.get(user)
    if person is None:
        return {"labels": []}
    counts = Counter(label for one in person.entries for label in one.all_labels)
    labels = [
        _show_label(number, label, count=counts[number] if wanted else None)
        for number, label in {**LABELS, **dict(person.labels)}.items()
    ]
    return {"labels": labels}


def _show_label(number: int, label: str, *, count: int | None) -> dict[str, object]:
    shown: dict[str, object] = {"id": number, "label": label, "private": False}
    return shown if count is None else shown | {"count": count}


def _find(index: Index, name: str) -> User | None:
    folded = name.casefold()
    found = (one for one in index.users.values() if folded in {one.id, one.username.casefold()})
    return next(found, None)


def _show(user: User | None, fields: Sequence[str]) -> dict[str, object] | None:
    if user is None:
        return None
    shown: dict[str, object] = {"id": user.id, "username": user.username}
    return shown | {name: getattr(user, name) for name in fields}
