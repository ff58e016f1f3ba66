"""What is logged for an interaction has its id, and whoever is told to ask the host is told that id."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from bot.interaction.reply import REFUSED, UNEXPECTED
from bot.log import build_label, current_label
from bot.playground.engine import Exchange, RestFault, texts
from tests.flow.conftest import Place
from tests.flow.vn_message import choose

LEADS = "tell whoever hosts this bot the id"


class Heard(logging.Handler):
    """All that is logged, with the label that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((current_label(), record.getMessage()))

    def find(self, part: str) -> set[str]:
        """The labels of all lines with that in them, of which there has to be one."""
        found = {label for label, line in self.lines if part in line}
        assert found, f"nothing was logged of {part}"
        return found


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> Iterator[Heard]:
    caplog.set_level(logging.INFO)
    handler = Heard()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def label_of(exchange: Exchange) -> str:
    return build_label(exchange.interaction_id)


async def read(exchange: Exchange) -> str:
    return texts(await exchange.message())


async def test_a_request_and_its_refusal_are_logged_under_the_interaction(place: Place, heard: Heard) -> None:
    first = await place.reader.slash(place.general, "vn info", title="v17")
    assert LEADS not in await read(first)
    assert heard.find("source=sent") == {label_of(first)}
    heard.lines.clear()
    place.services.vndb.fault = "rubbish"
    second = await place.reader.slash(place.general, "vn info", title="v4")
    assert (await read(second)).endswith(f"If it goes on, {LEADS} `{label_of(second)}`.")
    assert second.ephemeral
    assert label_of(first) != label_of(second)
    assert heard.find("source=sent") == heard.find("VNDB: ") == {label_of(second)}
    place.services.vndb.fault = "500"
    away = await place.reader.slash(place.general, "vn info", title="v92")
    assert "answered with an error" in (said := await read(away))
    assert LEADS not in said
    place.services.vndb.fault = None
    assert LEADS not in await read(await place.reader.slash(place.general, "vn info", title="v999999"))
    assert current_label() == ""


def fail(*_: Any, **__: Any) -> NoReturn:
    raise RuntimeError("planted")


async def test_what_nobody_expected_leads_to_its_line_in_the_log(
    place: Place, heard: Heard, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    card = await (await place.reader.slash(place.general, "vn info", title="v17")).message()
    with monkeypatch.context() as patch:
        patch.setattr("bot.vndb.pages.vn.render_overview", fail)
        patch.setattr("bot.vndb.pages.vn.Details.render", staticmethod(fail))
        typed = await place.reader.slash(place.general, "vn info", title="v4")
        chosen = await choose(place.reader, card, "v17/details")
        for exchange in (typed, chosen):
            assert await read(exchange) == f"{UNEXPECTED} If it goes on, {LEADS} `{label_of(exchange)}`."
    assert heard.find("unexpected error in") == {label_of(typed), label_of(chosen)}
    place.world.rest_faults.append(RestFault(400, path="/callback"))
    refused = await choose(place.reader, card, "v17/links")
    assert await read(refused) == f"{REFUSED} If it goes on, {LEADS} `{label_of(refused)}`."
    assert heard.find("Discord refused the answer") == {label_of(refused)}
    caplog.clear()
