"""What follows from the settings of a place and a person for what is shown."""

from __future__ import annotations

import pytest

from bot.cards.image import may_show
from bot.gate.rules import Rules
from bot.gate.setting import ImageLevel
from bot.navigation.viewer import Viewer
from bot.service.image import Image
from tests.support.choose import choose

URL = "https://i.example/1.jpg"
SAFE, SUGGESTIVE, EXPLICIT = (Image(url=URL, sexual=average, violence=0.0, votecount=5) for average in (0.4, 1.3, 1.4))
UNRATED = Image(url=URL, sexual=0.0, violence=0.0, votecount=0)


def build_viewer(*, server: ImageLevel = 2, channel: ImageLevel | None = None, age_restricted: bool = True) -> Viewer:
    rules = Rules(server=choose(image_level=server), channel=choose(image_level=channel))
    return Viewer(asker_id=1, age_restricted=age_restricted, rules=rules)


def list_shown(viewer: Viewer) -> list[Image]:
    return [image for image in (SAFE, SUGGESTIVE, EXPLICIT, UNRATED) if may_show(image, viewer)]


@pytest.mark.parametrize(
    ("level", "shown"), [(0, [SAFE]), (1, [SAFE, SUGGESTIVE]), (2, [SAFE, SUGGESTIVE, EXPLICIT, UNRATED])]
)
def test_an_age_restricted_channel_gets_pictures_up_to_the_servers_level(level: ImageLevel, shown: list[Image]) -> None:
    assert list_shown(build_viewer(server=level)) == shown


@pytest.mark.parametrize("level", [0, 1, 2])
def test_another_channel_gets_safe_pictures_only_at_every_level(level: ImageLevel) -> None:
    assert list_shown(build_viewer(server=level, age_restricted=False)) == [SAFE]


@pytest.mark.parametrize(("server", "channel", "shown"), [(2, 0, [SAFE]), (0, 1, [SAFE, SUGGESTIVE])])
def test_the_level_of_a_channel_goes_before_that_of_its_server(
    server: ImageLevel, channel: ImageLevel, shown: list[Image]
) -> None:
    assert list_shown(build_viewer(server=server, channel=channel)) == shown
