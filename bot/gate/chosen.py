"""What was chosen at one level, and what holds of several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

import msgspec

from bot.gate.declaration import AnySetting, Setting

T = TypeVar("T")


class Chosen(msgspec.Struct, frozen=True):
    """What was chosen for a server, a channel or by a person. What is not there was left as it is.

    `lost`: something was chosen, and it cannot be read any more.
    """

    values: Mapping[AnySetting, object] = msgspec.field(default_factory=dict[AnySetting, object])
    lost: frozenset[AnySetting] = frozenset()

    def __hash__(self) -> int:
        return hash((frozenset(self.values.items()), self.lost))

    @property
    def is_closed(self) -> bool:
        """Whether something is lost of which no value is safe."""
        return any(one.safe is None for one in self.lost)

    def get(self, setting: Setting[T]) -> T | None:
        """What was chosen, if anything was and can be read."""
        return cast("T | None", self.values.get(setting))

    def put(self, setting: Setting[T], value: T | None) -> Chosen:
        """The same with another choice; None takes it back.

        Raises:
            ValueError: the setting does not take this value.
        """
        values = {one: known for one, known in self.values.items() if one is not setting}
        if value is not None:
            if setting.form.parse(value) is None:
                raise ValueError(f"{setting.name} does not take {value!r}")
            values[setting] = value
        return Chosen(values, self.lost - {setting})


NOTHING_CHOSEN = Chosen()


def resolve(setting: Setting[T], *levels: Chosen) -> T:
    """What holds, if this was chosen at each level, the outermost first."""
    if is_lost(setting, *levels):
        return setting.default if setting.safe is None else setting.safe
    if setting.sums:
        choices = [found for one in levels if (found := one.get(setting)) is not None]
        return cast("T", tuple(item for some in choices for item in cast("tuple[object, ...]", some)))
    for one in reversed(levels):
        found = one.get(setting)
        if found is not None:
            return found
    return setting.default


def is_lost(setting: AnySetting, *levels: Chosen) -> bool:
    """Whether it cannot be told what holds, so that the safe value does."""
    for one in levels:  # `any` would make a generator, and this is asked a dozen times for each answer
        if one.lost:
            break
    else:
        return False
    nearest = next((one for one in reversed(levels) if setting in one.lost or one.get(setting) is not None), None)
    return any(one.is_closed for one in levels) or (nearest is not None and setting in nearest.lost)
