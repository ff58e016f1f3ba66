"""Who somebody is and which labels they have: `GET /user`, `GET /authinfo` and `GET /ulist_labels`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.playground.service.query_error import INTERNAL_ERROR, QueryError
from bot.playground.service.vndb.entry import User
from bot.playground.service.vndb.index import Index
from bot.playground.service.vndb.list import Label, Lists
from bot.playground.service.vndb.token import Access

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
        raise QueryError(INTERNAL_ERROR, status=500)
    return {name: _show(_find(index, name), wanted) for name in names}


def answer_access(index: Index, access: Access) -> dict[str, object]:
    """Whose token it is and what it may do. Raises QueryError in the server's words."""
    if access.user is None:
        raise QueryError("Unauthorized", status=401)
    username = index.users[access.user].username
    return {"id": access.user, "permissions": sorted(access.permissions), "username": username}


def answer_labels(lists: Lists, user: str | None, fields: Sequence[str], access: Access) -> dict[str, object]:
    """The labels of a user, else of whoever asks, as far as `access` may know; none if there is no such user."""
    user = user or access.user
    wanted = [name for one in fields for name in one.split(",")]
    if user is None or not re.fullmatch(r"u[1-9][0-9]{0,9}", user) or {*wanted} - {"count"}:
        raise QueryError("Invalid argument")
    found = lists.find(user)
    labels = found.find_labels(own=access.reads(user)) if found else []
    return {"labels": [_show_label(one, counted=bool(wanted)) for one in labels]}


def _show_label(label: Label, *, counted: bool) -> dict[str, object]:
    shown: dict[str, object] = {"id": label.id, "label": label.label, "private": label.private}
    return shown | {"count": label.count} if counted else shown


def _find(index: Index, name: str) -> User | None:
    folded = name.casefold()
    found = (one for one in index.users.values() if folded in {one.id, one.username.casefold()})
    return next(found, None)


def _show(user: User | None, fields: Sequence[str]) -> dict[str, object] | None:
    if user is None:
        return None
    shown: dict[str, object] = {"id": user.id, "username": user.username}
    return shown | {name: getattr(user, name) for name in fields}
