"""What services send, decoded: the one place where JSON of theirs becomes values."""

from __future__ import annotations

from types import UnionType
from typing import Any, TypeVar, overload

import msgspec

T = TypeVar("T")


@overload
def decode(body: bytes | msgspec.Raw, kind: type[T]) -> T: ...


@overload
def decode(body: bytes | msgspec.Raw, kind: UnionType) -> Any: ...


def decode(body: bytes | msgspec.Raw, kind: Any) -> Any:
    """Read an answer, or a part of one, as `kind`.

    Raises `msgspec.DecodeError` whatever is wrong with it: it is no JSON, no UTF-8, nested too deeply or shaped
    otherwise.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except UnicodeDecodeError:
        raise msgspec.DecodeError("not UTF-8") from None
    except RecursionError:
        raise msgspec.DecodeError("nested too deeply") from None


def decode_whole(body: bytes, kind: type[T]) -> T:
    """As `decode`, and what `kind` does not look into is UTF-8 too: else that would only show when it is read."""
    found = decode(body, kind)
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise msgspec.DecodeError("not UTF-8") from None
    return found


def is_record(body: bytes) -> bool:
    """Whether it is JSON that may hold what was asked for: an object or an array."""
    try:
        decode(body, dict[str, msgspec.Raw] | list[msgspec.Raw])
    except msgspec.DecodeError:
        return False
    return True
