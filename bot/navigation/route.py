"""Where a page stands: a path with typed parameters, which is built and read by one declaration.

VnId = Annotated[str, Part("v[1-9][0-9]{0,6}")]

@dataclass(frozen=True)
class VnRoute(Route):
    path = "{vn}/characters"
    vn: VnId

str(VnRoute("v17")) == "v17/characters"
VnRoute.parse("v17/characters") == VnRoute("v17")
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Generic, Self, TypeVar, get_type_hints

from bot.navigation.encoded_text import decode_text, encode_text

V = TypeVar("V")

_FIELD = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Part(Generic[V]):
    """How a parameter stands in a path: what it looks like there, how it is read, and how it is written.

    `read` raises `ValueError` or `InvalidInput` for what only looks like one.
    """

    pattern: str
    read: Callable[[str], V]
    write: Callable[[V], str] = str


def word(pattern: str) -> Part[str]:
    """A text that stands in a path as it is."""
    return Part(pattern, str)


def one_of(words: Iterable[str]) -> Part[str]:
    """One of these words."""
    return word("|".join(map(re.escape, words)))


NUMBER: Part[int] = Part("[1-9][0-9]{0,9}", int)
TEXT: Part[str] = Part("[A-Za-z0-9_-]+", decode_text, encode_text)
"""Whatever people type."""


@dataclass(frozen=True)
class Route:
    """Where a page stands. A subclass is a frozen dataclass of the parameters in its `path`, each of which is annotated
    with its `Part`.
    """

    path: ClassVar[str]

    @property
    def begins_as_covers(self) -> bool:
        """Whether who comes there sees a list's covers first, and its rows only if they want to."""
        return False

    def __str__(self) -> str:
        """The path. Raises `ValueError` if that could not be read back."""
        parts = _find_parts(type(self))
        text = self.path.format(**{name: part.write(getattr(self, name)) for name, part in parts.items()})
        if not _build_pattern(type(self)).fullmatch(text):
            raise ValueError(text)
        return text

    @classmethod
    def list_parameters(cls) -> list[str]:
        """The names of the parameters in the path, in its order."""
        return _FIELD.findall(cls.path)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what `str` wrote; None for any other path. Raises `InvalidInput` as the parameters' parts do."""
        match = _build_pattern(cls).fullmatch(text)
        if match is None:
            return None
        try:
            return cls(**{name: part.read(match[name]) for name, part in _find_parts(cls).items()})
        except ValueError:
            return None


@functools.cache
def _find_parts(route: type[Any]) -> Mapping[str, Part[Any]]:
    hints = get_type_hints(route, include_extras=True)
    return {field.name: hints[field.name].__metadata__[0] for field in fields(route)}


@functools.cache
def _build_pattern(route: type[Route]) -> re.Pattern[str]:
    texts = _FIELD.split(route.path)
    parts = _find_parts(route)
    named = [f"(?P<{name}>{parts[name].pattern})" for name in texts[1::2]]
    plain = [re.escape(text) for text in texts[::2]]
    return re.compile("".join(a + b for a, b in zip(plain, [*named, ""], strict=True)))
