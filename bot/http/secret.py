"""Tokens that go with requests, in values that show themselves nowhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NoReturn

import msgspec

_SHOWN = "[secret]"
_SHORTEST = 12
"""A shorter one stands in half of all words, and is no secret."""


class Secret:
    """A text that neither a log, an error, an f-string nor JSON shows: `reveal` alone gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text, for whoever sends or seals it."""
        return self._text

    def blot_out(self, body: bytes) -> bytes:
        """`body` without the text: a service may repeat what it was sent."""
        return body.replace(self._text.encode(), _SHOWN.encode()) if len(self._text) >= _SHORTEST else body

    def __repr__(self) -> str:
        return _SHOWN

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


class Credential(msgspec.Struct, frozen=True):
    """A token that a request goes with: the transport writes `scheme` and the token into its `Authorization` header.

    `owner`: whose it is, for the keys of answers, which are theirs alone. It is stored and told apart like any text, so
    it holds nothing of the token; empty: it is the host's own, and its answers are everybody's. `on_unknown`: awaited
    when the service knows no such token (`UnknownToken`), before that is raised.
    """

    token: Secret
    scheme: str
    owner: str = ""
    on_unknown: Callable[[], Awaitable[None]] | None = None

    def render(self) -> str:
        """The value of the header: for the transport alone."""
        return f"{self.scheme} {self.token.reveal()}"
