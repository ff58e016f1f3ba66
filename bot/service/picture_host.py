"""Whose pictures are shown: a picture that is not at its own service's hosts is none.

Each API module has a list of hosts beside its policy. What an answer says is read as models whose fields say which of
them are addresses of pictures (`PictureUrl`), and goes through `PictureHosts.keep` before anybody sees it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from operator import is_
from typing import Annotated, Any, TypeVar, cast, get_args, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from bot.service.record import Found

S = TypeVar("S")

_PICTURE = msgspec.Meta(extra={"is": "picture"})
PictureUrl = Annotated[str, _PICTURE]
"""The address of a picture, as a service sends it; empty where it was another's."""

# A file, at a host without user, port or dot at the end; no backslash, so that nobody who reads addresses in another
# way ends up elsewhere.
_REST = re.compile(r"/[!\"$-\[\]-~]{1,2000}")
_ADDRESS = re.compile(rf"https://([a-z0-9-]+(?:\.[a-z0-9-]+)*)({_REST.pattern})", re.IGNORECASE | re.ASCII)


class PictureHosts:
    """A service's pictures: at `hosts`, at those below them, and at the very origins of the APIs that are asked.

    `api_urls`: so a service that is run by its own host, on loopback or not, may serve its pictures itself.
    """

    def __init__(self, hosts: Collection[str], *api_urls: str) -> None:
        self._ends = tuple(f".{host}" for host in hosts)
        parts = [urlsplit(url) for url in api_urls]
        self._origins = tuple(f"{part.scheme}://{part.netloc}".lower() for part in parts)

    def find(self, url: str | None) -> str | None:
        """The address of one of the service's pictures; None for whatever else stands in its place."""
        url = url or ""
        for origin in self._origins:
            start, rest = url[: len(origin)], url[len(origin) :]
            if start.lower() == origin and _REST.fullmatch(rest):
                return origin + rest
        parts = _ADDRESS.fullmatch(url)
        host = parts[1].lower() if parts else ""
        return f"https://{host}{parts[2]}" if parts and f".{host}".endswith(self._ends) else None

    def keep(self, found: S) -> S:
        """What was read, a model or a page of them, without the pictures that are not the service's.

        A model that needs the address of a picture and is left without any goes as a whole.
        """
        if isinstance(found, Found):
            page = cast("Found[Any]", found)
            return cast("S", replace(page, items=self._keep_list(page.items)))
        return self._keep(found)

    def _keep(self, value: Any) -> Any:
        if isinstance(value, list):
            return self._keep_list(cast("list[Any]", value))
        if not isinstance(value, msgspec.Struct):
            return value
        changed: dict[str, object] = {}
        for name, is_address in _list_fields(type(value)):
            before = getattr(value, name)
            after = (self.find(before) or "") if before and is_address else self._keep(before)
            if after is not before and not (is_address and after == before):
                changed[name] = after
        return _replace(value, changed) if changed else value

    def _keep_list(self, values: list[Any]) -> list[Any]:
        kept = [self._keep(value) for value in values]
        if all(map(is_, kept, values)):
            return values
        return [one for one in kept if one is not None]


def _replace(value: msgspec.Struct, changed: dict[str, object]) -> msgspec.Struct | None:
    addresses = {name: changed.get(name, getattr(value, name)) for name, marked in _list_fields(type(value)) if marked}
    needs_one = any(field.required and field.name in addresses for field in msgspec.structs.fields(value))
    if needs_one and not any(addresses.values()):
        return None
    return msgspec.structs.replace(value, **changed)


@cache
def _list_fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, bool], ...]:
    """The fields of a model that are addresses of pictures (true), and those that hold models that have some."""
    return tuple(
        (name, PictureUrl in parts)
        for name, hint in get_type_hints(kind, include_extras=True).items()
        if PictureUrl in (parts := list(_flatten(hint))) or any(_has_pictures(part) for part in parts)
    )


def _has_pictures(kind: Any) -> bool:
    """Whether a picture's address is in a model, or in any that it leads to: models may hold each other."""
    seen, due = set[Any](), [kind]
    while due:
        one = due.pop()
        if one in seen or not (isinstance(one, type) and issubclass(one, msgspec.Struct)):
            continue
        seen.add(one)
        parts = [part for hint in get_type_hints(one, include_extras=True).values() for part in _flatten(hint)]
        if PictureUrl in parts:
            return True
        due += parts
    return False


def _flatten(hint: Any) -> Iterator[Any]:
    """A type and all that stand in its brackets."""
    yield hint
    if hint != PictureUrl:
        for part in get_args(hint):
            yield from _flatten(part)
