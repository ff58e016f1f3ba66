"""What tests of anime share: works by their samples, and the questions that a service was asked."""

from __future__ import annotations

from typing import Any, cast

from bot.playground.engine import Channel, Exchange, selects
from bot.playground.service.anilist.data import AnilistSample
from bot.playground.service.request import SeenRequest
from tests.flow.conftest import Place

Payload = dict[str, Any]

CLOSED = "This entry is for adults, or may be: it is shown in age-restricted channels only."


async def ask(place: Place, command: str, channel: Channel | None = None, **options: Any) -> Payload:
    """The message that answers the reader's command."""
    return await (await run(place, command, channel, **options)).message()


async def run(place: Place, command: str, channel: Channel | None = None, **options: Any) -> Exchange:
    """What follows from the reader's command."""
    return await place.reader.slash(channel or place.general, command, **options)


def name(sample: AnilistSample) -> str:
    """A work as suggestions name it."""
    return f"#{sample.value}"


def list_labels(message: Payload) -> list[str]:
    """What the options of a message's selects are called."""
    return [option["label"] for select in selects(message) for option in select["options"]]


def list_variables(place: Place, operation: str) -> list[dict[str, Any]]:
    """What AniList was asked in each question of that name."""
    return [_read(request)[1] for request in place.services.anilist.requests if _read(request)[0] == operation]


def _read(request: SeenRequest) -> tuple[str, dict[str, Any]]:
    sent = cast("dict[str, Any]", request.body)
    return str(sent["query"]).replace("(", " ").split()[1], sent["variables"]
