"""Tags and traits that an entry has as a lie: who is found by them would be told the truth."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import texts
from tests.flow.conftest import Place
from tests.flow.vn_message import build_search_link, choose, find_button, list_pages

Payload = dict[str, Any]

TRAIT_OF_WITCH, WITCH = "i75", "Beatrice"
NOBODY = "VNDB has no character like that: "
TAGGED = [("g56", "Muv-Luv Alternative"), ("g24", "Unclosed Secrets")]


async def ask(place: Place, command: str, **options: Any) -> Payload:
    return await (await place.reader.slash(place.general, command, **options)).message()


async def read_all(place: Place, message: Payload) -> str:
    """What the page says, and all that follow it."""
    return "\n".join(texts(page) for page in await list_pages(place.reader, message))


# Traits


async def test_the_card_of_a_trait_names_nobody_who_has_it_as_a_lie_unless_asked_to(shared: Place) -> None:
    said = [texts(await ask(shared, "vn trait info", name=TRAIT_OF_WITCH, spoilers=level)) for level in (0, 1, 2)]
    assert [WITCH in card for card in said] == [False, False, True]


async def test_the_list_of_a_trait_names_nobody_who_has_it_as_a_lie_unless_asked_to(shared: Place) -> None:
    found: list[bool] = []
    for level, value in ((0, "i75/characters"), (1, "i75/characters~1a"), (2, "i75/characters~1b")):
        card = await ask(shared, "vn trait info", name=TRAIT_OF_WITCH, spoilers=level)
        found.append(WITCH in texts(await (await choose(shared.reader, card, value)).message()))
    assert found == [False, False, True]


async def test_a_search_by_a_trait_finds_nobody_who_has_it_as_a_lie_unless_asked_to(shared: Place) -> None:
    said = [
        texts(await ask(shared, "vn character search", trait=TRAIT_OF_WITCH, spoilers=level)) for level in (0, 1, 2)
    ]
    assert [said[0].startswith(NOBODY), WITCH in said[1], said[2].startswith(f"## {WITCH}")] == [True, False, True]


async def test_a_pasted_filter_for_a_trait_finds_nobody_who_has_it_as_a_lie_unless_asked_to(place: Place) -> None:
    link = await build_search_link(place, "c", ["and", ["trait", "=", TRAIT_OF_WITCH], ["search", "=", WITCH]])
    said = [texts(await ask(place, "vn character search", filter=link, spoilers=level)) for level in (0, 1, 2)]
    assert said[0] == said[1]
    assert said[0].startswith(NOBODY)
    assert said[2].startswith(f"## {WITCH}")


# Tags


@pytest.mark.parametrize(("tag", "novel"), TAGGED)
async def test_the_card_of_a_tag_names_no_novel_that_has_it_as_a_lie_unless_asked_to(
    shared: Place, tag: str, novel: str
) -> None:
    said = [texts(await ask(shared, "vn tag info", name=tag, spoilers=level)) for level in (0, 1, 2)]
    assert [novel in card for card in said] == [False, False, True]


@pytest.mark.parametrize(("tag", "novel"), TAGGED)
async def test_the_list_of_a_tag_names_no_novel_that_has_it_as_a_lie_unless_asked_to(
    shared: Place, tag: str, novel: str
) -> None:
    found: list[bool] = []
    for level, end in ((0, ""), (1, "~1a"), (2, "~1b")):
        card = await ask(shared, "vn tag info", name=tag, spoilers=level)
        listed = await (await choose(shared.reader, card, f"{tag}/novels{end}")).message()
        found.append(novel in await read_all(shared, listed))
    assert found == [False, False, True]


@pytest.mark.parametrize("command", ["vn search", "vn top"])
@pytest.mark.parametrize(("tag", "novel"), TAGGED)
async def test_a_search_by_a_tag_finds_no_novel_that_has_it_as_a_lie_unless_asked_to(
    shared: Place, command: str, tag: str, novel: str
) -> None:
    said = [await read_all(shared, await ask(shared, command, tags=tag, spoilers=level)) for level in (0, 1, 2)]
    assert [novel in found for found in said] == [False, False, True]


async def test_no_novel_that_has_a_tag_as_a_lie_is_drawn_by_it_unless_asked_to(shared: Place) -> None:
    closed = await shared.reader.slash(shared.general, "vn random", tags="g56")
    assert texts(await closed.message()).startswith("VNDB has no visual novel like that")
    assert closed.ephemeral
    assert texts(await ask(shared, "vn random", tags="g56", spoilers=2)).startswith("## Muv-Luv Alternative")


async def test_a_list_that_leaves_a_lie_out_says_so_without_a_number_and_shows_it_privately(shared: Place) -> None:
    card = await ask(shared, "vn trait info", name=TRAIT_OF_WITCH)
    listed = await (await choose(shared.reader, card, "i75/characters")).message()
    said = texts(listed)
    assert "Nothing on this page may be shown here." in said
    assert "1 character" not in said
    reveal = find_button(listed, "Show spoilers to me")
    assert reveal is not None
    revealed = await shared.reader.press(listed, reveal)
    assert WITCH in texts(await revealed.message())
    assert revealed.ephemeral
