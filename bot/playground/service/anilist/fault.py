"""How the sample AniList can fail, beyond what any service can: its own errors, and 200s that are no answer."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec
from aiohttp import web

from bot.playground.service.fault import Fault

OwnFault = Literal["outage", "busy", "error", "partial", "empty", "half", "missing", "odd", "page"]
AnilistFault = Fault | OwnFault

OWN_FAULTS: frozenset[str] = frozenset(get_args(OwnFault))
OUTAGE_TEXT = "The AniList API has been temporarily disabled due to severe stability issues."
_PAGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"


def build_errors(message: str, status: int) -> dict[str, object]:
    """The body of an error of the whole request."""
    return {"data": None, "errors": [{"message": message, "status": status}]}


def answer_own_fault(fault: OwnFault, right: bytes) -> web.Response:
    """What is sent in the place of `right`.

    `outage`: the 403 of bad days. `busy`: AniList's own 500. With status 200: `error`: an error and no data; `partial`:
    an error, and data of nulls; `empty`: nothing; `half`: the answer ends too early, but as if it were whole;
    `missing`: neither data nor errors; `odd`: data of other types; `page`: a web page.
    """
    if fault == "outage":
        return send_json(build_errors(OUTAGE_TEXT, 403), status=403)
    if fault == "busy":
        return send_json(build_errors("Internal Server Error", 500), status=500)
    if fault == "page":
        return web.Response(text=_PAGE, content_type="text/html")
    nulls: dict[str, object] = {"Media": None, "Page": None, "Character": None, "Staff": None}
    bodies = {
        "error": msgspec.json.encode(build_errors("Internal Server Error", 500)),
        "partial": msgspec.json.encode(build_errors("Internal Server Error", 500) | {"data": nulls}),
        "empty": b"",
        "half": right[: len(right) // 2],
        "missing": b"{}",
        "odd": b'{"data":{"Media":[1,"x"],"Page":{"media":"none","pageInfo":7},"Character":3}}',
    }
    return web.Response(body=bodies[fault], content_type="application/json")


def send_json(body: object, *, status: int = 200) -> web.Response:
    """An answer in JSON."""
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
