"""Entries as the API shows them. A row knows how to make each field, and makes those alone that are selected."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import msgspec

from bot.playground.service.vndb.fields import Selection

T = TypeVar("T")
Fields = Mapping[str, Callable[[T], object]]


class Fielded(ABC):
    """An object whose fields are made when they are asked for."""

    @abstractmethod
    def get(self, name: str) -> object:
        """The value of a field: plain, a row, or a list of either."""

    @abstractmethod
    def names(self) -> set[str]:
        """All fields."""


@dataclass(frozen=True)
class Row(Fielded, Generic[T]):
    """An entry, its kind's fields, and what it has besides where it stands (such as a tag's rating)."""

    entry: T
    fields: Fields[T]
    more: Mapping[str, object] = field(default_factory=dict[str, object])

    def get(self, name: str) -> object:
        return self.more[name] if name in self.more else self.fields[name](self.entry)

    def names(self) -> set[str]:
        return {*self.fields, *self.more}


def select(value: object, selection: Selection) -> object:
    """`value` with only what was selected, keys in order."""
    if isinstance(value, Fielded):
        return {name: select(value.get(name), inner) for name, inner in sorted(selection.items())}
    if not selection:
        return value
    if isinstance(value, list):
        return [select(one, selection) for one in msgspec.convert(value, list[object])]
    if isinstance(value, dict):
        fields = msgspec.convert(value, dict[str, object])
        return {name: select(fields[name], inner) for name, inner in sorted(selection.items())}
    return value
