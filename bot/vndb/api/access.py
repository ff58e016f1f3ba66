"""What a token of VNDB looks like, whose it is, and what it permits: https://api.vndb.org/kana#user-authentication."""

from __future__ import annotations

import re

import msgspec

from bot.errors import InvalidInput
from bot.http import Secret
from bot.links.unicode import normalise

SCHEME = "Token"
"""What stands before a token in the header `Authorization`."""

TOKENS_URL = "https://vndb.org/u/tokens"
"""Where people make, change and delete theirs."""

LISTREAD, LISTWRITE = "listread", "listwrite"

_SIGNS = frozenset("ybndrfg8ejkmcpqxot1uwisza345h769")  # z-base-32: there is no l, v, 0 or 2
_LENGTH = 32
_SCHEME_BEFORE = re.compile(rf"\s*{SCHEME}[\s:]+", re.IGNORECASE)
# What a telephone or a chat makes of dashes, and puts around a text that is copied.
_LEFT_OUT = re.compile(r"[\s\"'`<>\u200b\u2060\ufeff\u00ad\u2010-\u2015\u2212-]")


class Access(msgspec.Struct, frozen=True):
    """Whose token it is (`u2`, called `username`) and what it permits, in VNDB's words."""

    id: str
    username: str = ""
    permissions: list[str] = []


def parse_token(text: str) -> Secret:
    """The token that was typed or pasted, as VNDB takes it: lower case, without dashes. Raises `InvalidInput`, which
    holds nothing of it.
    """
    plain = _LEFT_OUT.sub("", _SCHEME_BEFORE.sub("", normalise("NFKC", text), count=1)).lower()
    if not _SIGNS.issuperset(plain):
        raise InvalidInput("token", "has signs that none of VNDB has, such as l, v, 0 or 2; please copy it once more")
    if len(plain) != _LENGTH:
        length = f"{len(plain)} letters and digits beside its dashes"
        raise InvalidInput("token", f"has {length}, and those of VNDB have {_LENGTH}; please copy it once more")
    return Secret(plain)
