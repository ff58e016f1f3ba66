"""Whose token a request carries to the sample VNDB, and what it may do.

The scheme is in any case, the token in lower case; dashes may stand anywhere. A token that was taken back, one that
never was, and one of an account that is being deleted are all answered alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.playground.service.query_error import QueryError

# z-base-32, which has no l, v, 0 and 2.
_HEADER = re.compile(r"(?i:token) +([-ybndrfg8ejkmcpqxot1uwisza345h769]+)")
_SYMBOLS = 32


@dataclass(frozen=True)
class Access:
    """What a request may do: `user` is whose token it carries, if any; `permissions` are `listread`, `listwrite`."""

    user: str | None = None
    permissions: frozenset[str] = frozenset()

    @property
    def writes(self) -> bool:
        """Whether the list of `user` may be changed."""
        return self.user is not None and "listwrite" in self.permissions

    def reads(self, user: str) -> bool:
        """Whether what is private on somebody's list is shown."""
        return self.user == user and "listread" in self.permissions


ANONYMOUS = Access()


class Tokens:
    """The tokens that people have made: whose they are and what they permit."""

    def __init__(self, tokens: Mapping[str, Access]) -> None:
        self._tokens = {_strip(text): access for text, access in tokens.items()}

    def revoke(self, token: str) -> None:
        """Its owner deletes a token."""
        del self._tokens[_strip(token)]

    def close_account(self, user: str) -> None:
        """The account is marked for deletion: none of its tokens is valid any more."""
        self._tokens = {text: access for text, access in self._tokens.items() if access.user != user}

    def find(self, header: str | None) -> Access:
        """What an Authorization header permits; nothing if there is none. Raises QueryError in the server's words."""
        if not header:
            return ANONYMOUS
        found = _HEADER.fullmatch(header)
        if not found:
            raise QueryError("Invalid Authorization header format.", status=401)
        text = _strip(found[1])
        if len(text) != _SYMBOLS:
            raise QueryError("Invalid token format.", status=401)
        if text not in self._tokens:
            raise QueryError("Invalid token.", status=401)
        return self._tokens[text]


def _strip(token: str) -> str:
    return token.replace("-", "")
