"""Where the pages stand that cards lead to: `v17`, `u3/list/7/vote`, `random/q`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.navigation.route import Part, Route, one_of, word
from bot.vndb.api.list_sort import LIST_SORTS


def entry(prefixes: str) -> Part[str]:
    """The id of an entry that begins with one of these letters, such as `v17`."""
    return word(f"[{prefixes}][1-9][0-9]{{0,6}}")


@dataclass(frozen=True)
class EntryRoute(Route):
    """The card of an entry of any kind, or of somebody."""

    path = "{id}"
    id: Annotated[str, entry("vrpcsgiqu")]


@dataclass(frozen=True)
class HereRoute(Route):
    """Who of a server has a novel on their list."""

    path = "{id}/here"
    id: Annotated[str, entry("v")]


@dataclass(frozen=True)
class UserListRoute(Route):
    """A list of somebody's: that of a label, sorted as `LIST_SORTS` says."""

    path = "{id}/list/{label_id}/{sort}"
    id: Annotated[str, entry("u")]
    label_id: Annotated[int, Part("[0-9]{1,6}", int)]
    sort: Annotated[str, one_of(LIST_SORTS)]


class RandomQuoteRoute(Route):
    path = "random/q"
