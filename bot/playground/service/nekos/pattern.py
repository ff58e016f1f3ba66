"""PostgreSQL's SIMILAR TO, as the search of Nekos API v1 uses it: read into a regular expression of Python's."""

from __future__ import annotations

import re

_PIECE = re.compile(r"\[(\^?+)((?:[^\]\\]|\\.)+)\]|(.)", re.DOTALL)


def compile_similar(pattern: str) -> re.Pattern[str]:
    """What the whole of a text has to match, in any case. Raises `re.error` where PostgreSQL fails."""
    text = _PIECE.sub(_translate, pattern.lower())
    if re.search(r"[*+?}]\+", text):  # Python takes these for possessive, PostgreSQL takes them for nothing
        raise re.error("quantifier operand invalid")
    return re.compile(text, re.IGNORECASE | re.DOTALL)


def _translate(match: re.Match[str]) -> str:
    if match[3] is None:
        members = "".join(char if char == "-" else re.escape(char) for char in match[2])
        return f"[{match[1]}{members}]"
    character = match[3]
    if character == "%":
        return ".*"
    if character == "_":
        return "."
    if character == "(":
        return "(?:"
    return character if character in "|*+?{},)[\\" or character.isalnum() else re.escape(character)
