"""What a setting is: one declaration, which everything that deals with settings follows."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, Literal, Protocol, TypeVar, cast

import msgspec

Level = Literal["server", "channel", "person"]
"""Whose choice it is. Those who manage a server choose for it and for its channels, a person for themselves."""

Need = Literal["galleries", "adult"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_ID_AT_MOST = 2**63 - 1


class PanelPage(Enum):
    """Settings that are shown together, where not all fit into one panel."""

    PREVIEWS = "Previews"
    WHERE = "Where and who"
    CARDS = "What is shown"


class Form(Protocol[T_co]):
    """Which values a setting takes, and with them its control in the panel."""

    def parse(self, value: object) -> T_co | None:
        """Read a value as JSON has it; None for one that the setting does not take."""
        ...


class Choice(msgspec.Struct, Generic[T], frozen=True):
    """One of a few values, with the label of each. Those of `adult` do nothing where nothing for adults is shown."""

    labels: Mapping[T, str]
    adult: AbstractSet[T] = frozenset()

    def parse(self, value: object) -> T | None:
        # 1 is no True here.
        return next((one for one in self.labels if type(one) is type(value) and one == value), None)


class TagList(msgspec.Struct, frozen=True):
    """Tags that are typed."""

    def parse(self, value: object) -> tuple[str, ...] | None:
        return _parse_list(value, str)


class IdList(msgspec.Struct, frozen=True):
    """Channels or roles that are picked."""

    of: Literal["channels", "roles"]

    def parse(self, value: object) -> tuple[int, ...] | None:
        ids = _parse_list(value, int)
        # Of another one Discord refuses the whole panel.
        return ids if ids is not None and all(0 < one <= _ID_AT_MOST for one in ids) else None


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Setting(Generic[T]):
    """A setting.

    name: as it is stored, of a to z and `_`, at most 40 characters.
    form: which values it takes, and so its control.
    levels: who may choose, from the outermost.
    default: what holds before anybody chose.
    safe: what it is taken for while what was chosen cannot be read, so that nothing is shown which that forbade.
        None: no value of this one does that; then every setting has its safe value.
    sums: whether lists of all levels hold together. Else the nearest choice holds: of a person before that of a
        channel before that of a server.
    on_cards: whether a card that stands would look different with another value.
    label, description, page: what the panel says of it, and where; a description may differ by level.
    needs: what the host has to show for it to be of use.
    """

    name: str
    form: Form[T]
    levels: tuple[Level, ...]
    default: T
    safe: T | None
    sums: bool = False
    on_cards: bool
    label: str
    description: str | Mapping[Level, str]
    page: PanelPage
    needs: Need | None = None

    def __repr__(self) -> str:
        return self.name

    def inherits(self, level: Level) -> bool:
        """Whether at this level nothing may be chosen, so that what holds further out does."""
        return not self.sums and level != self.levels[0]

    def describe(self, level: Level) -> str:
        """What the panel of this level says of it."""
        return self.description if isinstance(self.description, str) else self.description[level]


AnySetting = Setting[Any]


def _parse_list(value: object, kind: type[T]) -> tuple[T, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    items = cast("list[T]", value)
    return tuple(items) if all(type(one) is kind for one in items) else None
