"""How the sample E-Hentai can fail, beyond what any service can: 200s that are no answer, or half of one."""

from __future__ import annotations

import contextlib
import math
from typing import Literal, cast, get_args

from aiohttp import web

from bot.playground.service.ehentai.answer import Answer, encode
from bot.playground.service.fault import Fault

OwnFault = Literal[
    "ban", "html", "empty", "cut", "half", "list", "missing", "error", "entries", "fewer", "reversed", "flood"
]
EhentaiFault = Fault | OwnFault

OWN_FAULTS: frozenset[str] = frozenset(get_args(OwnFault))
BAN_TEXT = (
    "Your IP address has been temporarily banned for excessive pageloads which indicates that you are using "
    "automated mirroring/harvesting software. The ban expires in {left}"
)
_HTML = "<!DOCTYPE html>\n<html><head><title>E-Hentai</title></head><body><p>Be back soon.</p></body></html>\n"
_ENTRIES: list[object] = [None, 7, "x", [], {}, {"gid": None}, {"gid": [1], "title": 5, "tags": "none"}]
_BLOCK = b"0," * 32768
_FLOOD_BLOCKS = 100 * 1024 * 1024 // len(_BLOCK)


def name_left(seconds: float) -> str:
    """How the ban page names a time: its two largest units, rounded up, such as `1 hour and 2 minutes`."""
    units = [("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)]
    left = max(1, math.ceil(seconds))
    largest = next(at for at, (_, unit_s) in enumerate(units) if left >= unit_s)
    shown = units[largest : largest + 2]
    smallest_s = shown[-1][1]
    left = math.ceil(left / smallest_s) * smallest_s
    named: list[str] = []
    for name, unit_s in shown:
        count, left = divmod(left, unit_s)
        if count:
            named.append(f"{count} {name}{'s' * (count > 1)}")
    return " and ".join(named)


async def answer_own_fault(
    fault: OwnFault, request: web.Request, right: Answer, *, ban_page: str
) -> web.StreamResponse:
    """What is sent, with status 200, in the place of `right`.

    `ban`: the ban page, though nobody is banned. `html`: another page. `empty`: nothing. `cut`: the connection ends
    within the right answer; `half`: it ends too early, but as if it were whole. `list`: its entries without the
    object around them; `missing`: the object without them; `error`: an error of the whole request. `entries`: none of
    its entries is one; `fewer`: one is left out; `reversed`: they come in another order. `flood`: 100 MiB.
    """
    if fault == "cut":
        return await _cut(request, encode(right))
    if fault == "flood":
        return await _flood(request)
    return page(_build_body(fault, right, ban_page=ban_page))


def page(body: bytes) -> web.Response:
    """A 200 with that body, which is said to be HTML, as the service does even of its JSON."""
    return web.Response(body=body, headers={"Content-Type": "text/html; charset=UTF-8"})


def _build_body(fault: OwnFault, right: Answer, *, ban_page: str) -> bytes:
    [(name, value)] = right.items()
    entries = cast("list[object]", value) if isinstance(value, list) else []
    whole = encode(right)
    bodies: dict[str, bytes] = {
        "ban": ban_page.encode(),
        "html": _HTML.encode(),
        "empty": b"",
        "half": whole[: len(whole) // 2],
        "list": encode(entries),
        "missing": encode({}),
        "error": encode({"error": "Service is temporarily unavailable"}),
        "entries": encode({name: _ENTRIES}),
        "fewer": encode({name: entries[:-1]}),
        "reversed": encode({name: entries[::-1]}),
    }
    return bodies[fault]


async def _cut(request: web.Request, whole: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html", "Content-Length": str(len(whole))})
    response.force_close()
    await response.prepare(request)
    await response.write(whole[: len(whole) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def _flood(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    await response.prepare(request)
    with contextlib.suppress(ConnectionResetError):  # whoever asked has heard enough
        await response.write(b'{"gmetadata":[')
        for _ in range(_FLOOD_BLOCKS):
            await response.write(_BLOCK)
        await response.write(b"0]}")
    return response
