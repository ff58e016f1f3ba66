"""Small faults of a script in Lua: a sign or a number that is another one, or a statement that is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

CALL = "redis.call("
"""By this a text is known as a script."""
_TURNED = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "~=",
    "~=": "==",
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "and": "or",
    "or": "and",
    "not ": "",
    "math.min": "math.max",
    "math.max": "math.min",
}
_SIGN = re.compile(r"(?<= )(?:[<>=~]=|[-+*/<>]|and|or)(?= )|\bnot |\bmath\.(?:min|max)\b|(?<![\w.%'\[])\d+(?![\w.%'])")
_STATEMENT = re.compile(r"(?! *(?:local|for) )(?: *[\w.]+\(.*\)|[\w, ]+ = .*)")


def list_script_faults(script: str) -> Iterator[tuple[str, str]]:
    """What each is called, and the script with it."""
    lines = script.split("\n")
    for number, line in enumerate(lines):
        code = line.partition("--")[0].rstrip()
        faults = [(found.start(), found.group(), _turn(found.group())) for found in _SIGN.finditer(code)]
        if _STATEMENT.fullmatch(code):
            faults.append((0, code, ""))
        for start, old, new in faults:
            changed = [*lines[:number], code[:start] + new + code[start + len(old) :], *lines[number + 1 :]]
            what = "left out" if old == code else f"{old.strip()} -> {new}".rstrip()
            yield f"{code.strip()}: {what}", "\n".join(changed)


def _turn(sign: str) -> str:
    return _TURNED[sign] if sign in _TURNED else str(int(sign) + 1)
