"""A work by chance from a list of one's own."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from bot.playground.engine import buttons, texts
from tests.flow.account_message import link
from tests.flow.conftest import Place
from tests.flow.vn_message import press

Payload = dict[str, Any]

COMMANDS = [("vn random", "VNDB", "testreader", 5), ("anime random", "AniList", "shiori_sample", "PLANNING")]


async def draw(place: Place, command: str, **options: Any) -> Payload:
    return await (await place.reader.slash(place.general, command, **options)).message()


def read_title(message: Payload) -> str:
    return texts(message).splitlines()[0]


async def draw_all(place: Place, command: str, list_: object, *, times: int = 12) -> set[str]:
    """The titles that come when one draws again and again."""
    message = await draw(place, command, list=list_)
    seen = {read_title(message)}
    for _ in range(times):
        message = await (await press(place.reader, message, "Another one")).message()
        seen.add(read_title(message))
    return seen


async def test_a_novel_is_drawn_from_the_wishlist_alone(shared: Place) -> None:
    await link(shared, "VNDB", "testreader")
    listed = texts(await draw(shared, "vndb list", label="5"))
    drawn = await draw_all(shared, "vn random", 5)
    assert len(drawn) == 2
    assert all(title.removeprefix("## ").split(" · ")[0] in listed for title in drawn)


async def test_an_anime_is_drawn_from_the_plan_alone(shared: Place) -> None:
    await link(shared, "AniList", "shiori_sample")
    listed = texts(await draw(shared, "anilist list", status="PLANNING"))
    drawn = await draw_all(shared, "anime random", "PLANNING")
    assert drawn
    assert all(title.removeprefix("## ").split(" · ")[0] in listed for title in drawn)


@pytest.mark.parametrize(("command", "service", "name", "list_"), COMMANDS)
async def test_what_they_show_nobody_is_drawn_for_them_alone(
    shared: Place, command: str, service: str, name: str, list_: object
) -> None:
    await link(shared, service, name)
    assert (await shared.reader.slash(shared.general, command, list=list_)).ephemeral
    await link(shared, service, name, show=True)
    exchange = await shared.reader.slash(shared.general, command, list=list_)
    await exchange.message()
    assert not exchange.ephemeral


@pytest.mark.parametrize(("command", "service", "name", "list_"), COMMANDS)
async def test_without_an_account_it_is_said_how_to_link_one(
    shared: Place, command: str, service: str, name: str, list_: object
) -> None:
    message = await draw(shared, command, list=list_)
    assert f"You have not linked an account on {service} yet" in texts(message)
    assert [button["label"] for button in buttons(message)] == [f"Link {service}"]


async def test_of_a_list_that_is_longer_than_is_read_no_more_is_said_than_is_known(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = place.services.anilist.library.users
    account = next(one for one in users.values() if one.name == "shiori_sample")
    works = [(9253, "COMPLETED", 50, 1)] * 2001
    monkeypatch.setitem(users, account.id, structs.replace(account, anime=works))
    await link(place, "AniList", "shiori_sample")
    assert texts(await draw(place, "anime random", list="PLANNING")).splitlines()[0] == (
        "AniList has no anime like that on the first 2,000 entries of the public list of shiori\\_sample (Planned)."
    )


@pytest.mark.parametrize(
    ("command", "service", "name", "options", "said"),
    [
        (
            "vn random",
            "VNDB",
            "testreader",
            {"list": 5, "min_rating": 10.0},
            "VNDB has no visual novel like that on your list “Wishlist”, as far as it is public.",
        ),
        (
            "anime random",
            "AniList",
            "shiori_sample",
            {"list": "PLANNING", "min_rating": 10.0},
            "AniList has no anime like that on the public list of shiori\\_sample (Planned).",
        ),
    ],
)
async def test_where_nothing_fits_it_is_said_which_list_was_looked_at(
    shared: Place, command: str, service: str, name: str, options: dict[str, Any], said: str
) -> None:
    await link(shared, service, name)
    assert texts(await draw(shared, command, **options)).splitlines()[0] == said
