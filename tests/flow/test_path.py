"""How far it is from what somebody types to the wire."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import CodeType, CoroutineType, FrameType, FunctionType
from typing import Any, cast

import msgspec
import pytest

from bot.http import AiohttpTransport
from bot.playground.engine import texts
from cogs.vn import VisualNovels
from tests.flow.conftest import Place

ROOT = Path(__file__).parent.parent.parent
DEPTH = 8


@dataclasses.dataclass
class Walk:
    """The functions that what was typed passes through, as (file, name), in that order.

    A function counts if what was typed, or something that is made of it, is among its arguments, is what it closes
    over, or is what it gives. Each counts once; what is nested in it for a moment (a comprehension) belongs to it.
    """

    typed: tuple[str, ...]
    functions: dict[tuple[str, str], None] = dataclasses.field(default_factory=dict[tuple[str, str], None])

    def note(self, frame: FrameType, given: object) -> None:
        code = frame.f_code
        path = Path(code.co_filename)
        if not path.is_relative_to(ROOT) or path.relative_to(ROOT).parts[0] not in {"bot", "cogs"}:
            return
        name = code.co_qualname.split(".<locals>.<")[0]
        key = (str(path.relative_to(ROOT)), name)
        if "playground" not in key[0] and key not in self.functions and self.carries((dict(frame.f_locals), given)):
            self.functions[key] = None

    def carries(self, value: Any, depth: int = 0) -> bool:
        """Whether what was typed stands somewhere in a value."""
        if depth > DEPTH:
            return False
        if isinstance(value, str | bytes):
            text = value if isinstance(value, str) else value.decode(errors="replace")
            return any(part in text for part in self.typed)
        return any(self.carries(part, depth + 1) for part in list_parts(value))


def list_parts(value: Any) -> list[Any]:  # noqa: PLR0911 - a line a kind of value
    """What a value is made of: of a call that waits its arguments, of a function what it closes over."""
    if isinstance(value, Mapping):
        return [*cast("Mapping[Any, Any]", value).values()]
    if isinstance(value, list | tuple | set | frozenset):
        return [*cast("list[Any]", value)]
    if isinstance(value, CoroutineType):
        frame: FrameType | None = cast("Any", value).cr_frame
        return [*frame.f_locals.values()] if frame else []
    if isinstance(value, FunctionType):
        return [cell.cell_contents for cell in value.__closure__ or () if not is_empty(cell)]
    if isinstance(value, partial):
        return [*cast("partial[Any]", value).args, *cast("partial[Any]", value).keywords.values()]
    if isinstance(value, msgspec.Struct):
        return [getattr(value, name, None) for name in value.__struct_fields__]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name, None) for field in dataclasses.fields(value)]
    return []


def is_empty(cell: Any) -> bool:
    try:
        return cell.cell_contents is cell
    except ValueError:
        return True


@contextmanager
def walking(typed: tuple[str, ...], start: CodeType, end: CodeType) -> Generator[Walk]:
    """Follow what is typed from the one function until the other is entered."""
    walk, on = Walk(typed), False

    def trace(frame: FrameType, event: str, given: object) -> None:
        nonlocal on
        on = on or frame.f_code is start
        if on and event in {"call", "return"}:
            sys.setprofile(None)
            walk.note(frame, given)
            sys.setprofile(None if frame.f_code is end else trace)

    sys.setprofile(trace)
    try:
        yield walk
    finally:
        sys.setprofile(None)


def code_of(function: Callable[..., Any]) -> CodeType:
    return cast("FunctionType", function).__code__


@pytest.mark.parametrize(
    ("option", "functions"),
    [
        ({"has_anime": True}, 45),
        ({"min_votes": 70}, 45),
        ({"language": "japanese"}, 45),  # a name has to be looked up; in the table of names it has a capital
    ],
)
async def test_a_search_with_an_option_passes_few_functions_before_the_wire(
    place: Place, option: dict[str, Any], functions: int
) -> None:
    """A parameter's walk: what stands between the command's callback and the transport, both not counted.

    What is loaded once is loaded before, and the answer is not remembered.
    """
    await (await place.reader.slash(place.general, "vn search", title="ever", language="ja")).message()
    start, end = code_of(cast("Any", VisualNovels.search).callback), code_of(AiohttpTransport.send)
    typed = ("sevenmarks", *(value for value in option.values() if isinstance(value, str)))
    with walking(typed, start, end) as walk:
        exchange = await place.reader.slash(place.general, "vn search", title="sevenmarks", **option)
        assert "VNDB has no visual novel" in texts(await exchange.message())
    first, *between, last = walk.functions
    assert (first[1], last[1]) == ("VisualNovels.search", "AiohttpTransport.send")
    assert len(between) <= functions, between
    assert len({file for file, _ in between}) <= 15, between
    assert len([file for file, _ in between if file.startswith("bot/http/")]) <= 25
