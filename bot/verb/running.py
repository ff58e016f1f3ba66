"""What a running bot tells of the services at `PORT`, for whoever looks from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.config import Config
from bot.errors import ServiceError
from bot.http import AiohttpTransport, Request

WITHIN_S = 5.0
_MOST_BYTES = 16 * 1024 * 1024
_FIGURE = re.compile(r'^shiori_service_(\w+)\{service="([^"\\]+)"\} ([0-9.e+-]+)$', re.MULTILINE)
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where it listens, it is asked on this machine

Figures = Mapping[str, float]
"""Of one service, by what follows `shiori_service_` in their names."""


async def fetch_figures(config: Config) -> dict[str, dict[str, float]] | None:
    """The figures of each service, of which there is one while it serves; nothing: it does not, or something else
    answers there; None: nothing does.
    """
    if not config.port:
        return None
    host = _EVERYWHERE.get(config.listen, config.listen)
    at = f"[{host}]" if ":" in host else host
    transport = AiohttpTransport("Shiori")
    try:
        request = Request("the running bot", "metrics", "GET", f"http://{at}:{config.port}/metrics")
        response = await transport.send(request, timeout_s=WITHIN_S, max_body_bytes=_MOST_BYTES)
    except ServiceError:
        return None
    finally:
        await transport.close()
    return parse_figures(response.body.decode(errors="replace")) if response.status == 200 else {}


def parse_figures(text: str) -> dict[str, dict[str, float]]:
    """Read what Prometheus reads."""
    found: dict[str, dict[str, float]] = {}
    for name, service, value in _FIGURE.findall(text):
        found.setdefault(service, {})[name] = float(value)
    return found


def describe_figures(figures: Figures) -> str:
    """What they say, as it follows the service's name."""
    return ", ".join(_list_words(figures)) or "asked as usual"


def _list_words(figures: Figures) -> Iterator[str]:
    for name, words in (
        ("paused_seconds", "left alone for {:,.0f} s more"),
        ("circuit_open_seconds", "fails; tried again in {:,.0f} s"),
        ("in_flight", "{:,.0f} on their way"),
        ("waiting", "{:,.0f} waiting for their turn"),
    ):
        if figures.get(name, 0.0) > 0:
            yield words.format(figures[name])
