"""A setting that is declared is in the panels, at the gate, in the export, safe when damaged, and on cards."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from bot.gate.chosen import NOTHING_CHOSEN, Chosen, resolve
from bot.gate.declaration import Choice, PanelPage, Setting
from bot.gate.rules import HOSTED_DEFAULT, Rules
from bot.gate.setting import SETTINGS, declare
from bot.playground.engine.components import walk
from bot.preview.maker import sign_shown
from bot.preview.plan import Plan
from bot.settings.form import apply_change
from bot.settings.panel_card import render_channel_panel, render_personal_panel, render_server_panel
from bot.store.document import parse_document, render_document
from bot.store.store import Store, open_store
from tests.support.clock import FakeClock
from tests.support.discord_limits import check_view

USER_ID = 7


@pytest.fixture
def moods() -> Iterator[Setting[str]]:
    """A setting that nothing else in the code knows of, for as long as a test runs."""
    yield declare(
        Setting[str](
            name="declared",
            form=Choice({"calm": "Calm", "bright": "Bright"}),
            levels=("server", "channel", "person"),
            default="bright",
            safe="calm",
            on_cards=True,
            label="Declared",
            description="How cards feel.",
            page=PanelPage.CARDS,
        )
    )
    del SETTINGS["declared"]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    opened = await open_store(f"sqlite:///{tmp_path / 'shiori.db'}", clock=FakeClock())
    yield opened
    await opened.close()


def list_custom_ids(moods: Setting[str]) -> set[str]:
    page = moods.page.name.lower()
    views = (
        render_server_panel(NOTHING_CHOSEN, page=page, hosted=HOSTED_DEFAULT),
        render_channel_panel(NOTHING_CHOSEN, NOTHING_CHOSEN, channel_id=123, page=page, hosted=HOSTED_DEFAULT),
        render_personal_panel(NOTHING_CHOSEN, page=page, hosted=HOSTED_DEFAULT),
    )
    return {str(part.get("custom_id")) for view in views for part in walk(check_view(view))}


def test_it_has_a_control_in_each_panel_and_what_is_pressed_is_chosen(moods: Setting[str]) -> None:
    assert {"set:s:declared", "set:c123:declared", "set:me:declared"} <= list_custom_ids(moods)
    assert apply_change(NOTHING_CHOSEN, "server", "declared", ["calm"]).get(moods) == "calm"
    inherited = apply_change(NOTHING_CHOSEN.put(moods, "calm"), "channel", "declared", ["inherit"])
    assert inherited == NOTHING_CHOSEN


def test_the_nearest_choice_holds(moods: Setting[str]) -> None:
    calm, bright = (NOTHING_CHOSEN.put(moods, value) for value in ("calm", "bright"))
    assert Rules()[moods] == "bright"
    assert Rules(server=calm)[moods] == "calm"
    assert Rules(server=calm, channel=bright)[moods] == "bright"
    assert Rules(server=calm, channel=bright, person=calm)[moods] == "calm"


def test_what_cannot_be_read_is_taken_for_what_is_safe(moods: Setting[str]) -> None:
    assert resolve(moods, parse_document('{"declared": "loud"}', "person")) == "calm"
    assert resolve(moods, parse_document("{", "person")) == "calm"
    assert resolve(moods, parse_document("{}", "person")) == "bright"


def test_what_was_chosen_is_stored(moods: Setting[str]) -> None:
    calm = NOTHING_CHOSEN.put(moods, "calm")
    assert parse_document(render_document(calm), "person") == calm


def test_a_card_that_stands_changes_with_it(moods: Setting[str]) -> None:
    def sign(chosen: Chosen) -> str:
        return sign_shown(Plan(()), Rules(server=chosen))

    assert sign(NOTHING_CHOSEN) == sign(NOTHING_CHOSEN.put(moods, "bright"))
    assert sign(NOTHING_CHOSEN) != sign(NOTHING_CHOSEN.put(moods, "calm"))


async def test_a_person_finds_it_in_the_export(moods: Setting[str], store: Store) -> None:
    await store.change_person(USER_ID, lambda known: known.put(moods, "calm"))
    assert (await store.export_person(USER_ID))["settings"] == {"declared": "calm"}
