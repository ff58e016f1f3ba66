"""The `fields` member of a VNDB query: parsed as the server parses it, with its words for each fault."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from bot.playground.service.query_error import QueryError

# A field's node: None for a value, a mapping of names to nodes for an object.
Node = Mapping[str, object] | None
# What was selected: an empty selection for a value, a selection for each field of an object.
Selection = dict[str, "Selection"]

_LENGTHS: Mapping[str, int] = {
    "tags": 50, "va": 10, "vns": 3, "screenshots": 10, "staff": 20, "relations": 10, "traits": 30, "titles": 5,
    "developers": 2, "extlinks": 5, "editions": 2, "languages": 3, "media": 2, "producers": 2, "images": 5,
    "aliases": 3, "labels": 3, "releases": 3,
}  # fmt: skip

_SIGNS = re.compile(r"\s*([,.{}])\s*")


def parse_fields(text: str, endpoint: str, schema: Mapping[str, Mapping[str, object]]) -> Selection:
    """The selection that `text` asks for of `endpoint` (`/vn`). `schema`: `api_fields` of GET /schema.

    `id` is always selected, at the top and in every object that is an entry of its own, but the `vn` of a list.
    Raises QueryError in the server's words.
    """
    selected: Selection = {"id": {}}
    tokens = [token for token in _SIGNS.split(text.strip()) if token]
    if tokens:
        _Parser(tokens, schema, endpoint).read_fields({"_inherit": endpoint}, selected, depth=0)
    return selected


def estimate(selection: Selection) -> int:
    """How many fields the server expects of one result.

    A list of objects counts as often as the server thinks it is long, which two of its answers tell of tags,
    voices, screenshots and novels. The rest is guessed.
    """
    return _estimate(selection, "")


def _estimate(selection: Selection, parent: str) -> int:
    total = 1 if parent == "screenshots" and "id" not in selection else 0
    for name, inner in selection.items():
        if not inner:
            total += 1
        else:
            # A person who speaks a part is one, the staff of a novel are many.
            many = 1 if parent == "va" and name == "staff" else _LENGTHS.get(name, 1)
            total += 1 + many * _estimate(inner, name)
    return total


class _Parser:
    def __init__(self, tokens: list[str], schema: Mapping[str, Mapping[str, object]], endpoint: str) -> None:
        self._tokens = tokens
        self._endpoint = endpoint
        self._schema = schema

    def read_fields(self, node: Mapping[str, object], selected: Selection, *, depth: int) -> None:
        while True:
            self._read_field(node, selected, depth=depth)
            after = self._take()
            if after == ",":
                continue
            if after == "}" and not depth:
                raise _fault("Unmatched '}'")
            if after is None and depth:
                raise _fault("Unmatched '{'")
            if after not in {"}", None}:
                raise _fault(f"Expected comma, got '{after}'")
            return

    def _read_field(self, node: Mapping[str, object], selected: Selection, *, depth: int) -> None:
        name = self._take()
        if name is None:
            # The server says this also of a comma at the end of the text, where nothing is open.
            raise _fault("Unmatched '{'")
        if name == "}":
            raise _fault("Expected (sub)field, got '}'")
        if name == ",":
            raise _fault("Expected (sub)field, got comma")
        child = self._find(node, name)
        inner = selected.setdefault(name, {})
        if child is not None and "_inherit" in child and (depth or self._endpoint != "/ulist" or name != "vn"):
            inner["id"] = {}
        self._read_rest(name, child, inner, depth=depth)

    def _read_rest(self, name: str, child: Node, inner: Selection, *, depth: int) -> None:
        sign = self._tokens[0] if self._tokens else None
        if sign == ".":
            self._take()
            if child is None:
                raise _fault(f"Sub-field specified for non-object '{name}'")
            if not self._tokens or _SIGNS.fullmatch(self._tokens[0]):
                raise _fault("Expected name after '.'")
            self._read_field(child, inner, depth=depth)
        elif sign == "{":
            self._take()
            if child is None:
                raise _fault(f"Unexpected '{{' after non-object field '{name}'")
            self.read_fields(child, inner, depth=depth + 1)
        elif child is not None:
            raise _fault(f"The '{name}' object requires specifying sub-field(s).")

    def _find(self, node: Mapping[str, object], name: str) -> Node:
        inherited = node.get("_inherit")
        known = {**self._schema.get(str(inherited), {}), **node}
        if name not in known or name == "_inherit":
            raise _fault(f"Field '{name}' not found")
        return msgspec.convert(known[name], dict[str, object] | None)

    def _take(self) -> str | None:
        return self._tokens.pop(0) if self._tokens else None


def _fault(reason: str) -> QueryError:
    return QueryError(f"Invalid 'fields' member: {reason}")
