"""Titles in the language that a person, a channel or a server chose, as people meet them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.gate.setting import TitleLanguage
from bot.playground.engine import selects, texts
from tests.flow.conftest import Place
from tests.flow.setting_message import choose_for_channel, choose_for_server, set_own
from tests.flow.vn_message import choose

UMINEKO, ENGLISH = "v24", "Umineko When They Cry"
PAGES = ("details", "characters", "releases", "staff", "tags", "screenshots", "relations", "quotes", "links")


async def show(place: Place, command: str = "vn info", **options: Any) -> dict[str, Any]:
    return await (await place.reader.slash(place.general, command, **options)).message()


def read_labels(message: dict[str, Any]) -> list[str]:
    return [option["label"] for select in selects(message) for option in select["options"]]


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("romanised", "## Umineko no Naku Koro ni\n-# うみねこのなく頃に\n"),
        ("english", "## Umineko When They Cry\n-# Umineko no Naku Koro ni\n"),
        ("native", "## うみねこのなく頃に\n-# Umineko no Naku Koro ni\n"),
    ],
)
async def test_a_card_stands_under_the_title_in_the_language_of_the_person(
    shared: Place, language: TitleLanguage, heading: str
) -> None:
    await set_own(shared, shared.reader, "title_language", language)
    assert texts(await show(shared, title=UMINEKO)).startswith(heading)


async def test_whoever_opens_a_card_gets_it_in_their_own_language(shared: Place) -> None:
    await set_own(shared, shared.moderator, "title_language", "native")
    listed = await show(shared, title="naku koro")
    assert "**1. Umineko no Naku Koro ni** · うみねこのなく頃に" in texts(listed)
    opened = await (await choose(shared.moderator, listed, UMINEKO)).message()
    assert texts(opened).startswith("## うみねこのなく頃に\n")


async def test_the_rows_of_a_search_and_their_options_have_english_titles(shared: Place) -> None:
    await set_own(shared, shared.reader, "title_language", "english")
    listed = await show(shared, title="naku koro")
    assert "Umineko When They Cry** · Umineko no Naku Koro ni" in texts(listed)
    assert "Umineko When They Cry" in read_labels(listed)


async def test_a_search_finds_the_same_in_every_language(shared: Place) -> None:
    found = read_labels(await show(shared, title="naku koro"))
    await set_own(shared, shared.reader, "title_language", "native")
    assert len(read_labels(await show(shared, title="naku koro"))) == len(found)
    assert "## うみねこのなく頃に" in texts(await show(shared, title="Umineko When They Cry"))


@pytest.mark.parametrize(("language", "title"), [("native", "うみねこのなく頃に"), ("english", ENGLISH)])
@pytest.mark.parametrize("page", PAGES)
async def test_further_pages_keep_the_language(shared: Place, page: str, language: TitleLanguage, title: str) -> None:
    await set_own(shared, shared.reader, "title_language", language)
    card = await show(shared, title=UMINEKO)
    shown = await (await choose(shared.reader, card, f"{UMINEKO}/{page}")).message()
    assert texts(shown).startswith(f"## {title}\n")


@pytest.mark.parametrize(
    ("command", "options", "title"),
    [
        ("vndb list", {"user": "u3"}, "The Song of Saya"),
        ("vndb compare", {"user": "u3", "other": "u5"}, "The Song of Saya"),
        ("vn character info", {"name": "c180"}, ENGLISH),
        ("vn character search", {"name": "ushiromiya"}, ENGLISH),
        ("vn release info", {"title": "r84"}, ENGLISH),
    ],
)
async def test_novels_have_their_english_titles_on_other_cards(
    shared: Place, command: str, options: dict[str, Any], title: str
) -> None:
    await set_own(shared, shared.reader, "title_language", "english")
    card = await show(shared, command, **options)
    assert title in texts(card)


async def test_related_novels_have_their_english_titles(shared: Place) -> None:
    await set_own(shared, shared.reader, "title_language", "english")
    card = await show(shared, title=UMINEKO)
    related = await (await choose(shared.reader, card, f"{UMINEKO}/relations")).message()
    assert "Higurashi When They Cry" in texts(related)


async def test_a_comparison_and_its_options_have_native_titles(shared: Place) -> None:
    await set_own(shared, shared.reader, "title_language", "native")
    compared = await show(shared, "vndb compare", user="u3", other="u5")
    assert "沙耶の唄" in texts(compared)
    assert "沙耶の唄" in read_labels(compared)


async def test_another_choice_shows_at_the_next_press(shared: Place) -> None:
    card = await show(shared, title=UMINEKO)
    await set_own(shared, shared.reader, "title_language", "english")
    page = await (await choose(shared.reader, card, f"{UMINEKO}/tags")).message()
    assert texts(page).startswith("## Umineko When They Cry\n")


@pytest.mark.parametrize(
    ("command", "option", "heading"),
    [
        ("vn character info", "c34", "## 岡部 倫太郎\n-# Okabe Rintarou\n"),
        ("vn staff info", "s1", "## 麻枝 准\n-# Maeda Jun\n"),
    ],
)
async def test_people_stand_under_their_native_names(shared: Place, command: str, option: str, heading: str) -> None:
    await set_own(shared, shared.reader, "title_language", "native")
    assert texts(await show(shared, command, name=option)).startswith(heading)


async def test_a_posted_link_is_previewed_in_the_language_of_the_channel(shared: Place) -> None:
    await choose_for_server(shared, "previews", "set:s:vndb", "on")
    await choose_for_server(shared, "cards", "set:s:title_language", "native")
    await choose_for_channel(shared, shared.general, "title_language", "english")
    message = await shared.reader.post(shared.general, f"https://vndb.org/{UMINEKO}")
    shown = await (await shared.reader.context_menu(shared.general, "Preview links", message)).message()
    assert texts(shown).startswith(f"### {ENGLISH}\n")


@pytest.mark.parametrize(("entry_id", "line"), [("r84", f"Of {ENGLISH}"), ("c180", f"In {ENGLISH}")])
async def test_a_preview_names_the_novel_of_an_entry_in_the_language(shared: Place, entry_id: str, line: str) -> None:
    await choose_for_server(shared, "previews", "set:s:vndb", "on")
    await choose_for_server(shared, "cards", "set:s:title_language", "english")
    message = await shared.reader.post(shared.general, f"https://vndb.org/{entry_id}")
    shown = await (await shared.reader.context_menu(shared.general, "Preview links", message)).message()
    assert line in texts(shown)
