"""Whose share of a service a preview is, and what may stay as it is."""

from __future__ import annotations

import random
from collections.abc import Hashable
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from bot.config import Config
from bot.errors import Unavailable
from bot.gate.chosen import NOTHING_CHOSEN
from bot.gate.declaration import Setting
from bot.gate.rules import HOSTED_DEFAULT, Place, Rules
from bot.gate.setting import BLOCKED_TAGS, IMAGE_LEVEL, SPOILER_LEVEL, TITLE_LANGUAGE, VNDB
from bot.http import Priority, asking, current_ask
from bot.links.target import find_links
from bot.lookup.source import build_sources
from bot.preview.maker import Draft, Maker, may_stand, sign_shown
from bot.preview.plan import build_plan
from bot.preview.record import INCOMPLETE, OVERTAKEN
from bot.vndb.api.client import Vndb
from tests.anime.fake_anilist import FakeAniList
from tests.support.clock import FakeClock

AUTHOR, MODERATOR = 1, 2
NOVEL, STORY = "https://vndb.org/v24", "https://vndb.org/v17"


class AskedVndb(Vndb):
    """Notes on whose behalf it is asked, and is away."""

    clock: FakeClock
    asked: list[frozenset[Hashable]]

    async def fetch(self, kind: Any, entry_id: str) -> Any:  # noqa: ARG002 - Vndb names them
        self.asked.append(current_ask(self.clock).persons)
        raise Unavailable("VNDB")


@pytest.mark.parametrize(("wanted", "person"), [(True, AUTHOR), (False, None)])
async def test_what_its_author_has_not_wanted_just_now_is_on_nobodys_share(wanted: bool, person: int | None) -> None:
    fake = FakeAniList()
    vndb = AskedVndb(fake.client, base_url="https://vndb.test", rng=random.Random(1))
    vndb.asked, vndb.clock = [], fake.clock
    sources = msgspec.structs.replace(build_sources(fake.client, Config()), vndb=vndb)
    client, store = cast("Any", None), cast("Any", None)  # nobody is asked where it stands
    maker = Maker(client, store=store, sources=sources, clock=fake.clock, hosted=HOSTED_DEFAULT)
    message = cast("Any", SimpleNamespace(author=SimpleNamespace(id=AUTHOR)))
    draft = Draft(build_plan(find_links(NOVEL), Rules()), Rules(), shown="", restricted=False)
    with asking(fake.clock, within_s=5.0, priority=Priority.COMMAND, person=MODERATOR, reserved=True):
        preview = await maker.fetch(message, draft, wanted=wanted)
    assert vndb.asked == [frozenset({person})]
    assert preview.may_come


def sign(text: str, rules: Rules) -> str:
    return sign_shown(build_plan(find_links(text), rules), rules)


def choose(setting: Setting[Any], value: Any) -> Rules:
    return Rules(Place(age_restricted=True), server=NOTHING_CHOSEN.put(setting, value))


RULES = choose(VNDB, value=True)


@pytest.mark.parametrize(
    ("text", "rules", "stays"),
    [
        (NOVEL, RULES, True),
        (NOVEL, choose(TITLE_LANGUAGE, "english"), True),
        (f"{STORY} {NOVEL}", RULES, True),
        (f"||{NOVEL}||", RULES, False),
        (STORY, RULES, False),
        ("", RULES, False),
        (NOVEL, choose(VNDB, value=False), False),
        (NOVEL, choose(SPOILER_LEVEL, 1), False),
        (NOVEL, choose(IMAGE_LEVEL, 0), False),
        (NOVEL, choose(BLOCKED_TAGS, ("female:kimono",)), False),
        (NOVEL, Rules(Place()), False),
    ],
)
def test_what_may_be_forbidden_now_does_not_stay_as_it_is(text: str, rules: Rules, stays: bool) -> None:
    now = sign(text, rules)
    assert may_stand(sign(NOVEL, RULES), now) is stays
    assert may_stand(INCOMPLETE + sign(NOVEL, RULES), now) is stays


@pytest.mark.parametrize("shown", [OVERTAKEN, "", "sending 1234", "0123456789abcdef"])
def test_what_is_not_known_does_not_stay(shown: str) -> None:
    assert not may_stand(shown, sign(NOVEL, RULES))
