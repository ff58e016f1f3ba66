"""The part of AniList's published schema that the sample answers, and whether a document keeps to it."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec

from bot.playground.service.anilist.syntax import (
    Document,
    EnumName,
    Field,
    Operation,
    Place,
    Selection,
    Value,
    Variable,
)

_FILE = Path(__file__).parents[2] / "data" / "anilist_schema.json"
_MIN_INT, _MAX_INT = -(2**31), 2**31 - 1
_SCALARS = frozenset({"Int", "Float", "String", "Boolean", "ID", "Json", "CountryCode", "FuzzyDateInt"})
_TYPENAME = "__typename"
# The server refuses what has more fields, each counted as often as a fragment with it is spread.
_MAX_COMPLEXITY = 500


class _Written(msgspec.Struct):
    enums: dict[str, list[str]]
    types: dict[str, dict[str, list[str | dict[str, str]]]]


@dataclass(frozen=True, slots=True)
class Declaration:
    """A field of a type: what it gives, as written (`[Int]`), and the types of its arguments."""

    type: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What a document is refused for, and where."""

    message: str
    place: Place


class Schema:
    """Types by name, fields by name."""

    def __init__(self, written: _Written) -> None:
        self.enums = {name: frozenset(members) for name, members in written.enums.items()}
        self._types = {
            name: {field: _declare(declared) for field, declared in fields.items()}
            for name, fields in written.types.items()
        }

    def find_field(self, type_name: str, field: str) -> Declaration | None:
        """What `field` of a type is; `__typename` is in every type."""
        if field == _TYPENAME:
            return Declaration("String!", {})
        return self._types[type_name].get(field)

    def is_input(self, type_name: str) -> bool:
        """Whether variables may be of this type."""
        return type_name in self.enums or type_name in _SCALARS

    def is_object(self, type_name: str) -> bool:
        """Whether values of this type have fields."""
        return type_name in self._types

    def refuse(self, value: object, wanted: str) -> str | None:
        """Why `value`, literal or sent, is no `wanted`; None if it is one."""
        if wanted.endswith("!"):
            return f'Expected type "{wanted}", found null.' if value is None else self.refuse(value, wanted[:-1])
        if value is None:
            return None
        if wanted.startswith("["):
            members: list[object] = cast("list[object]", value) if isinstance(value, list) else [value]
            return next((why for one in members if (why := self.refuse(one, wanted[1:-1]))), None)
        return None if self._fits(value, wanted) else f"Expected type {wanted}, found {_show(value)}."

    def _fits(self, value: object, wanted: str) -> bool:
        if wanted in self.enums:
            name = value.name if isinstance(value, EnumName) else value
            return isinstance(name, str) and name in self.enums[wanted]
        if isinstance(value, EnumName | dict | list):
            return False
        if isinstance(value, bool) or wanted == "Boolean":
            return isinstance(value, bool) and wanted == "Boolean"
        if wanted in {"Int", "FuzzyDateInt"}:
            return isinstance(value, int) and _MIN_INT <= value <= _MAX_INT
        return isinstance(value, int | float) if wanted == "Float" else isinstance(value, str)


@functools.cache
def load_schema() -> Schema:
    """The schema that comes with the program."""
    return Schema(msgspec.json.decode(_FILE.read_bytes(), type=_Written))


def name_of(type_text: str) -> str:
    """The type itself: `[Int!]!` becomes `Int`."""
    return type_text.strip("[]!")


def find_mistakes(schema: Schema, document: Document, operation: Operation) -> list[Mistake]:
    """All that is wrong with an operation before it runs, in the order of the document."""
    return list(_Check(schema, document, operation).run())


class _Check:
    def __init__(self, schema: Schema, document: Document, operation: Operation) -> None:
        self._schema = schema
        self._document = document
        self._operation = operation
        self._used: set[str] = set()
        self._open: list[str] = []
        self._complexity = 0

    def run(self) -> Iterator[Mistake]:
        for declared in self._operation.variables.values():
            if not self._schema.is_input(name_of(declared.type)):
                yield Mistake(f'Unknown type "{name_of(declared.type)}".', declared.place)
        yield from self._selections(self._operation.selections, "Query")
        if self._complexity > _MAX_COMPLEXITY:
            words = f"Max query complexity should be {_MAX_COMPLEXITY} but got {self._complexity}."
            yield Mistake(words, Place())
        for name, declared in self._operation.variables.items():
            if name not in self._used:
                yield Mistake(f'Variable "${name}" is never used.', declared.place)

    def _selections(self, selections: list[Selection], type_name: str) -> Iterator[Mistake]:
        for one in selections:
            for arguments in one.directives.values():
                yield from self._variables(list(arguments.values()), one.place)
            if isinstance(one, Field):
                yield from self._field(one, type_name)
            elif one.selections is not None:
                yield from self._selections(one.selections, type_name)
            else:
                yield from self._spread(one.name or "", one.place, type_name)

    def _spread(self, name: str, place: Place, type_name: str) -> Iterator[Mistake]:
        if name not in self._document.fragments:
            yield Mistake(f'Unknown fragment "{name}".', place)
        elif name in self._open:
            yield Mistake(f'Cannot spread fragment "{name}" within itself.', place)
        else:
            self._open.append(name)
            yield from self._selections(self._document.fragments[name], type_name)
            self._open.pop()

    def _field(self, field: Field, type_name: str) -> Iterator[Mistake]:
        self._complexity += 1
        declared = self._schema.find_field(type_name, field.name)
        if declared is None:
            yield Mistake(f'Cannot query field "{field.name}" on type "{type_name}".', field.place)
            return
        for name, value in field.arguments.items():
            if name not in declared.arguments:
                where = f'on field "{field.name}" of type "{type_name}"'
                yield Mistake(f'Unknown argument "{name}" {where}.', field.place)
            else:
                yield from self._argument(value, declared.arguments[name], field, name)
        inner = name_of(declared.type)
        if not self._schema.is_object(inner):
            if field.selections:
                words = f'Field "{field.name}" of type "{declared.type}" must not have a sub selection.'
                yield Mistake(words, field.place)
        elif field.selections:
            yield from self._selections(field.selections, inner)
        else:
            yield Mistake(f'Field "{field.name}" of type "{declared.type}" must have a sub selection.', field.place)

    def _argument(self, value: Value, wanted: str, field: Field, name: str) -> Iterator[Mistake]:
        if isinstance(value, Variable):
            yield from self._variables([value], field.place)
            declared = self._operation.variables.get(value.name)
            if declared is not None and not _may_stand(declared.type, wanted):
                words = (
                    f'Variable "${value.name}" of type "{declared.type}" used in position expecting type "{wanted}".'
                )
                yield Mistake(words, declared.place)
            return
        if isinstance(value, list) and any(isinstance(one, Variable) for one in value):
            inner = wanted.removesuffix("!").removeprefix("[").removesuffix("]")
            for one in value:
                yield from self._argument(one, inner, field, name)
            return
        if why := self._schema.refuse(_unquote(value) if name_of(wanted) in self._schema.enums else value, wanted):
            yield Mistake(f'Argument "{name}" has invalid value {_show(value)}.\n{why}', field.place)

    def _variables(self, values: list[Value], place: Place) -> Iterator[Mistake]:
        for value in values:
            if isinstance(value, Variable):
                self._used.add(value.name)
                if value.name not in self._operation.variables:
                    yield Mistake(f'Variable "${value.name}" is not defined.', place)


def _declare(declared: list[str | dict[str, str]]) -> Declaration:
    type_name, *rest = declared
    arguments = rest[0] if rest else {}
    return Declaration(str(type_name), arguments if isinstance(arguments, dict) else {})


def _may_stand(given: str, wanted: str) -> bool:
    """Whether a variable of one type may stand where another is wanted; one for a list of them may not."""
    if wanted.endswith("!"):
        return given.endswith("!") and _may_stand(given[:-1], wanted[:-1])
    given = given.removesuffix("!")
    if wanted.startswith("[") and given.startswith("["):
        return _may_stand(given[1:-1], wanted[1:-1])
    return given == wanted


def _unquote(value: Value) -> Value:
    """Texts made into something that no enum takes: in a document its names stand bare."""
    if isinstance(value, list):
        return [_unquote(one) for one in value]
    return {} if isinstance(value, str) else value


def _show(value: object) -> str:
    if isinstance(value, EnumName):
        return value.name
    try:
        return msgspec.json.encode(value).decode()
    except TypeError:
        return "a list"
