"""Where the pages stand that cards lead to: `anime/9253`, `anime/9253/vn`, `al-character/17`, `al-user/Aya`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from bot.anime.api.model import MediaRow
from bot.anime.cards.text import find_kind, is_known_id
from bot.navigation.route import NUMBER, Route, one_of, word

_USER_NAME = "[A-Za-z0-9_-]{2,20}"
USER_NAME = word(_USER_NAME)


@dataclass(frozen=True)
class MediaRoute(Route):
    """The card of a work."""

    path = "{kind}/{id}"
    kind: Annotated[str, one_of(("anime", "manga"))]
    id: Annotated[int, NUMBER]


@dataclass(frozen=True)
class HereRoute(Route):
    """Who of a server has a work on their list."""

    path = "{kind}/{id}/here"
    kind: Annotated[str, one_of(("anime", "manga"))]
    id: Annotated[int, NUMBER]


@dataclass(frozen=True)
class NovelRoute(Route):
    """The visual novel that an anime came from."""

    path = "anime/{id}/vn"
    id: Annotated[int, NUMBER]


@dataclass(frozen=True)
class ProfileRoute(Route):
    """The card of a character, a person or a studio."""

    path = "al-{kind}/{id}"
    kind: Annotated[str, one_of(("character", "staff", "studio"))]
    id: Annotated[int, NUMBER]


@dataclass(frozen=True)
class UserRoute(Route):
    """Somebody's card."""

    path = "al-user/{user}"
    user: Annotated[str, USER_NAME]


def find_route(row: MediaRow) -> MediaRoute | None:
    """The route of a work's card; None if its id is none."""
    return MediaRoute(find_kind(row), row.id) if is_known_id(row.id) else None


def is_user_name(name: str) -> bool:
    """Whether AniList can know somebody by that name."""
    return re.fullmatch(_USER_NAME, name) is not None
