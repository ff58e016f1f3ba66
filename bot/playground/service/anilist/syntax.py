"""GraphQL's language as clients use it: operations, variables, fields, fragments, two directives.

https://spec.graphql.org/October2021/#sec-Language. Subscriptions and definitions of types are no part of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a document; both count from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name` as a value."""

    name: str


@dataclass(frozen=True, slots=True)
class EnumName:
    """A bare name as a value."""

    name: str


Value: TypeAlias = "bool | int | float | str | Variable | EnumName | list[Value] | dict[str, Value] | None"


@dataclass(frozen=True, slots=True)
class Field:
    """A field that is asked for, under `key` in the answer."""

    name: str
    key: str
    place: Place
    arguments: dict[str, Value]
    directives: dict[str, dict[str, Value]]
    selections: list[Selection]


@dataclass(frozen=True, slots=True)
class Spread:
    """`...Name`, or `... on Type { … }`, which has selections of its own."""

    place: Place
    directives: dict[str, dict[str, Value]]
    name: str | None = None
    selections: list[Selection] | None = None


Selection: TypeAlias = "Field | Spread"


@dataclass(frozen=True, slots=True)
class Declared:
    """A variable of an operation: its type as written (`[Int]!`) and its default, if it has one."""

    type: str
    place: Place
    default: Value = None
    has_default: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """`kind` is `query`, `mutation` or `subscription`."""

    kind: str
    name: str | None
    variables: dict[str, Declared]
    selections: list[Selection]


@dataclass(frozen=True, slots=True)
class Document:
    """What a client sends."""

    operations: list[Operation] = field(default_factory=list[Operation])
    fragments: dict[str, list[Selection]] = field(default_factory=dict[str, "list[Selection]"])


class SyntaxFault(Exception):
    """The document is none. `place` is where it was noticed."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


_TOKEN = re.compile(
    r"(?P<skip>[\s,\ufeff]+|#[^\n\r]*)|(?P<sign>\.\.\.|[!$&()\[\]{}:=@|])|(?P<name>[_A-Za-z][_0-9A-Za-z]*)"
    r"|(?P<float>-?(?:0|[1-9]\d*)(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+))|(?P<int>-?(?:0|[1-9]\d*))"
    r'|(?P<block>"""(?:[^"\\]|\\"""|\\|"(?!""))*""")|(?P<string>"(?:[^"\\\n\r]|\\.)*")'
)
_MAX_DEPTH = 40
_END = "<EOF>"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: Place


def _find_tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at, line, start = 0, 1, 0
    while at < len(text):
        place = Place(line, at - start + 1)
        found = _TOKEN.match(text, at)
        if found is None:
            raise SyntaxFault(f"Syntax Error: Cannot parse the unexpected character {text[at]!r}.", place)
        if found.lastgroup != "skip":
            tokens.append(_Token(found.lastgroup or "", found[0], place))
        line += found[0].count("\n")
        start = found.start() + found[0].rindex("\n") + 1 if "\n" in found[0] else start
        at = found.end()
    return [*tokens, _Token("end", _END, Place(line, at - start + 1))]


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = _find_tokens(text)
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at += token.kind != "end"
        return token

    def _fail(self, expected: str) -> SyntaxFault:
        return SyntaxFault(f"Syntax Error: Expected {expected}, found {self._next.text}", self._next.place)

    def _sees(self, sign: str) -> bool:
        return self._next.kind == "sign" and self._next.text == sign

    def _skip(self, sign: str) -> bool:
        seen = self._sees(sign)
        self._at += seen
        return seen

    def _expect(self, sign: str) -> None:
        if not self._skip(sign):
            raise self._fail(sign)

    def _name(self) -> str:
        if self._next.kind != "name":
            raise self._fail("Name")
        return self._take().text

    def document(self) -> Document:
        document = Document()
        while self._next.kind != "end":
            if self._next.text == "fragment":
                self._take()
                name = self._name()
                self._type_condition()
                document.fragments[name] = self._selections()
            else:
                document.operations.append(self._operation())
        if not document.operations:
            raise self._fail("Name")
        return document

    def _type_condition(self) -> None:
        if self._name() != "on":
            raise self._fail('"on"')
        self._name()

    def _operation(self) -> Operation:
        if self._sees("{"):
            return Operation("query", None, {}, self._selections())
        kind = self._name()
        if kind not in {"query", "mutation", "subscription"}:
            self._at -= 1
            raise self._fail("query")
        name = self._name() if self._next.kind == "name" else None
        variables: dict[str, Declared] = {}
        if self._skip("("):
            while not self._skip(")"):
                place = self._next.place
                self._expect("$")
                variable = self._name()
                self._expect(":")
                variables[variable] = self._declared(place)
        return Operation(kind, name, variables, self._selections())

    def _declared(self, place: Place) -> Declared:
        type_name = self._type()
        if self._skip("="):
            return Declared(type_name, place, self._value(), has_default=True)
        return Declared(type_name, place)

    def _type(self) -> str:
        if self._skip("["):
            text = f"[{self._type()}]"
            self._expect("]")
        else:
            text = self._name()
        return f"{text}!" if self._skip("!") else text

    def _selections(self) -> list[Selection]:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise SyntaxFault("Syntax Error: The document is nested too deeply.", self._next.place)
        self._expect("{")
        selections = [self._selection()]
        while not self._skip("}"):
            selections.append(self._selection())
        self._depth -= 1
        return selections

    def _selection(self) -> Selection:
        place = self._next.place
        if self._skip("..."):
            return self._spread(place)
        key = name = self._name()
        if self._skip(":"):
            name = self._name()
        arguments, directives = self._arguments(), self._directives()
        return Field(name, key, place, arguments, directives, self._selections() if self._sees("{") else [])

    def _spread(self, place: Place) -> Spread:
        if self._next.kind == "name" and self._next.text != "on":
            name = self._name()
            return Spread(place, self._directives(), name)
        if self._next.kind == "name":
            self._type_condition()
        return Spread(place, self._directives(), None, self._selections())

    def _directives(self) -> dict[str, dict[str, Value]]:
        found: dict[str, dict[str, Value]] = {}
        while self._skip("@"):
            name = self._name()
            found[name] = self._arguments()
        return found

    def _arguments(self) -> dict[str, Value]:
        arguments: dict[str, Value] = {}
        if self._skip("("):
            while not self._skip(")"):
                place, name = self._next.place, self._name()
                if name in arguments:
                    raise SyntaxFault(f'There can be only one argument named "{name}".', place)
                self._expect(":")
                arguments[name] = self._value()
        return arguments

    def _value(self) -> Value:
        if self._skip("$"):
            return Variable(self._name())
        if self._skip("["):
            members: list[Value] = []
            while not self._skip("]"):
                members.append(self._value())
            return members
        if self._skip("{"):
            return self._object()
        token = self._take()
        if token.kind in {"int", "float", "string"}:
            return msgspec.json.decode(token.text)
        if token.kind == "block":
            return token.text[3:-3].replace('\\"""', '"""').strip()
        if token.kind != "name":
            self._at -= token.kind != "end"
            raise self._fail("a value")
        return {"true": True, "false": False, "null": None}.get(token.text, EnumName(token.text))

    def _object(self) -> dict[str, Value]:
        members: dict[str, Value] = {}
        while not self._skip("}"):
            name = self._name()
            self._expect(":")
            members[name] = self._value()
        return members


def parse_document(text: str) -> Document:
    """Read a document. Raises SyntaxFault."""
    try:
        return _Reader(text).document()
    except (msgspec.DecodeError, RecursionError) as error:
        raise SyntaxFault("Syntax Error: The document cannot be read.", Place()) from error
