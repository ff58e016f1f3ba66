"""What people paste into options: a reference leads to its card, whatever was asked for, or it is said what it is."""

from __future__ import annotations

import pytest

from bot.playground.engine import buttons, texts
from tests.flow.anime_message import ask, run
from tests.flow.conftest import Place

NOVEL = "https://vndb.org/v2002"
ANIME = "https://anilist.co/anime/9253"
CHARACTER = "https://anilist.co/character/35252"
RELEASE = "https://vndb.org/r129"


@pytest.mark.parametrize(
    ("command", "text", "url"),
    [
        ("vn info", "v2002,", NOVEL),
        ("vn info", "[this one](https://vndb.org/v2002) is good", NOVEL),
        ("vn info", "ｖ２００２", NOVEL),
        ("vn info", "v2002.3", NOVEL),
        ("vn info", "r129", NOVEL),
        ("vn info", "|| <vndb.org/r129.1> ||", NOVEL),
        ("anime info", "see anilist.co/anime/9253/SteinsGate !", ANIME),
        ("anime info", "vndb.org/v2002", NOVEL),
        ("anime info", "https://anilist.co/character/35252", CHARACTER),
        ("manga info", "https://anilist.co/anime/9253", ANIME),
        ("vn info", "https://anilist.co/anime/9253", ANIME),
        ("anime character info", "#35252", CHARACTER),
        ("anime character info", "anilist.co/character/35252/x", CHARACTER),
        ("anime studio info", "“https://vndb.org/r129”", RELEASE),
    ],
)
async def test_a_reference_leads_to_its_card(shared: Place, command: str, text: str, url: str) -> None:
    option = "name" if command in {"anime character info", "anime studio info"} else "title"
    card = await ask(shared, command, None, **{option: text})
    assert url in {button.get("url") for button in buttons(card)}


@pytest.mark.parametrize(
    ("command", "text", "said"),
    [
        ("vn info", "https://vndb.org/t17", "leads to a page of VNDB that is not an entry's"),
        ("vn info", "https://example.com/novel", "The link leads to nothing that Shiori has a card for"),
        ("vn similar", "https://example.com/novel", "The link leads to nothing that Shiori has a card for"),
        ("anime similar", "https://example.com/9253", "The link leads to nothing that Shiori has a card for"),
        ("anime search", "<https://example.com/9253>", "The link leads to nothing that Shiori has a card for"),
        ("vn info", "cv17", "leads to a picture on VNDB, which has no card"),
        ("vn info", "https://vndb.org/w17", "leads to a page of VNDB"),
        ("vn similar", "c17", "The id or link leads to a character, and a visual novel is needed here"),
        ("vn similar", "https://vndb.org/c17", "leads to a character, and a visual novel is needed here"),
        (
            "anime character info",
            "https://myanimelist.net/character/17",
            "leads to a character on MyAnimeList, and",
        ),
        (
            "anilist user",
            "https://myanimelist.net/profile/Xinil",
            "leads to somebody's profile on MyAnimeList, and",
        ),
        ("anime info", "2000001/0123abcde6", "alleries"),
        ("vn quote", "https://vndb.org/g/list?q=time", "leads to a search of tags on VNDB"),
        ("anime info", "https://vndb.org/i/list?q=x", "leads to a search of traits on VNDB"),
        ("anilist user", "https://vndb.org/g/list?q=x", "leads to a search of tags on VNDB"),
    ],
)
async def test_what_has_no_card_here_is_named_privately(shared: Place, command: str, text: str, said: str) -> None:
    option = {"anime character info": "name", "anilist user": "user"}.get(command, "title")
    exchange = await run(shared, command, None, **{option: text})
    assert said in texts(await exchange.message())
    assert exchange.ephemeral


@pytest.mark.usefixtures("hurried")
async def test_nothing_found_is_said_privately_also_after_a_wait(place: Place) -> None:
    place.services.vndb.fault = "slow"
    place.services.vndb.slow_s = 1.5
    exchange = await run(place, "vn info", title="no such novel at all")
    assert texts(await exchange.follow_up()).startswith("VNDB has no visual novel called")
    assert exchange.kind == "deferred"
    assert exchange.ephemeral


@pytest.mark.parametrize(("command", "option"), [("vndb list", "user"), ("vndb user", "user")])
async def test_a_reference_where_somebody_is_asked_for(shared: Place, command: str, option: str) -> None:
    message = await ask(shared, command, None, **{option: "https://vndb.org/v2002"})
    is_card = command == "vndb user"
    assert (NOVEL in {button.get("url") for button in buttons(message)}) is is_card
    assert ("leads to a visual novel, and somebody's profile on VNDB is needed here" in texts(message)) is not is_card
