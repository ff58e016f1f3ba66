"""The frame around a page: what can be pressed, where it leads, and the small print."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import discord
import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.cards.text import size
from bot.navigation.address import Address
from bot.navigation.frame import (
    BODY_LIMIT,
    COVERS_LABEL,
    NO_TRAIL,
    Choice,
    Frame,
    PageCount,
    PageView,
    Shown,
    Trail,
    build_view,
    paginate,
    pick_page,
)
from bot.navigation.item import GoButton, find_again, find_back, find_search
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.vndb.cards.text import SEARCH_LABEL
from tests.support.discord_limits import check_view, read_addresses, read_texts
from tests.support.each import each
from tests.support.examples import examples
from tests.vndb import strategies as vndb

READER = Viewer(asker_id=7, age_restricted=False)
LIST = Address("list/v/rating", 3)
SEARCH = "https://vndb.org/v?f=0ab"
FOUND = Trail(back=LIST, search=SEARCH)
CARD = Address("v17")
CHOICES = [Choice(Address("v17"), "Ever17"), Choice(Address("v18"), "Remember11")]
MENU = [Choice(Address("v17", spoiler=1), "Overview"), Choice(Address("v17/tags", spoiler=1), "Tags")]


def frame(
    address: Address = CARD,
    *,
    viewer: Viewer = READER,
    trail: Trail = NO_TRAIL,
    source: str = "VNDB",
    **options: Any,
) -> PageView:
    return build_view(Shown([ui.TextDisplay("body")], Frame(viewer, address, source, **options)), trail=trail)


def read_parts(view: PageView) -> list[dict[str, Any]]:
    return list(walk(check_view(view)))


def read_custom_ids(view: PageView) -> list[str]:
    return [part["custom_id"] for part in read_parts(view) if part.get("custom_id")]


def read_options(view: PageView) -> list[dict[str, Any]]:
    return [option for part in read_parts(view) for option in part.get("options", ())]


def read_links(view: PageView) -> list[tuple[str, str]]:
    return [(part["label"], part["url"]) for part in read_parts(view) if part.get("url")]


def read_small_print(view: PageView) -> str:
    return [part["content"] for part in read_parts(view) if part.get("content")][-1]


def test_a_plain_page_has_nothing_to_press() -> None:
    assert read_custom_ids(frame()) == []
    assert read_texts(frame()) == "body\n-# VNDB"


def test_a_page_outlives_a_restart_and_has_no_time_out() -> None:
    view = frame(LIST, trail=FOUND, choices=CHOICES, menu=MENU, hidden=True, extent=PageCount(more=True))
    assert view.is_persistent()


def test_what_is_sent_along_stays_with_the_page() -> None:
    file = discord.File(io.BytesIO(b"x"), "chart.png")
    body = [ui.File[ui.LayoutView]("attachment://chart.png")]
    view = build_view(Shown(body, Frame(READER, CARD, source="VNDB"), [file]))
    assert view.files == [file]


# What is listed


def test_the_select_of_a_list_carries_the_address_of_the_list() -> None:
    assert read_custom_ids(frame(LIST, choices=CHOICES))[0] == "open:7:list/v/rating~3"


def test_the_options_of_a_list_lead_to_its_cards() -> None:
    assert [option["value"] for option in read_options(frame(LIST, choices=CHOICES))] == ["v17", "v18"]


def test_no_option_of_a_list_is_chosen_beforehand() -> None:
    assert not any(option.get("default") for option in read_options(frame(CARD, choices=CHOICES)))


def test_the_cards_of_a_list_whose_filter_would_be_lost_do_not_lead_back() -> None:
    assert read_custom_ids(frame(LIST, choices=CHOICES, returns=False))[0] == "open:7:"


def test_an_entry_that_is_listed_twice_can_be_picked_once() -> None:
    assert len(read_options(frame(choices=[*CHOICES, *CHOICES]))) == 2


def test_as_many_entries_can_be_picked_as_discord_takes() -> None:
    choices = [Choice(Address(f"v{number}"), "x") for number in range(1, 40)]
    assert len(read_options(frame(choices=choices))) == 25


def test_the_name_of_an_option_is_one_line_of_a_length_that_discord_takes() -> None:
    option = read_options(frame(choices=[Choice(CARD, "a\nb" * 60, "c\nd" * 60)]))[0]
    assert (option["label"][:5], size(option["label"])) == ("a ba ", 100)
    assert (option["description"][:5], size(option["description"])) == ("c dc ", 100)


def test_an_option_without_a_name_is_untitled() -> None:
    assert read_options(frame(choices=[Choice(CARD, " \u202e")]))[0]["label"] == "Untitled"


# The way back


def test_a_card_that_was_opened_from_a_list_leads_back_to_it() -> None:
    view = frame(trail=FOUND)
    assert read_custom_ids(view) == ["back:7:list/v/rating~3"]
    assert "Back" in read_texts(view)


def test_where_the_way_back_leads_is_read_from_what_can_be_pressed() -> None:
    view = frame(trail=FOUND, menu=MENU, choices=CHOICES, hidden=True)
    assert find_back(read_custom_ids(view)) == LIST


@pytest.mark.parametrize(
    "custom_ids", [[], ["go:7:v17", "open:7:list/v/rating~3"], ["back:7:~"], ["back:x:v17"], ["xback:7:v17"]]
)
def test_other_buttons_lead_back_nowhere(custom_ids: list[str]) -> None:
    assert find_back(custom_ids) is None


def test_what_gives_another_one_is_read_from_what_can_be_pressed() -> None:
    view = frame(trail=Trail(again=Address("random/v")), hidden=True)
    assert read_custom_ids(view)[0] == "again:7:random/v"
    assert find_again(read_custom_ids(view)) == Address("random/v")
    assert find_again(["go:7:random/v"]) is None


def test_the_filter_of_the_list_travels_with_its_cards() -> None:
    view = frame(trail=FOUND, links=[("Open on VNDB", "https://vndb.org/v17")])
    assert read_links(view) == [("Open on VNDB", "https://vndb.org/v17"), (SEARCH_LABEL, SEARCH)]
    assert find_search(read_links(view)) == SEARCH


def test_the_filter_of_the_list_stands_once_on_the_list_itself() -> None:
    assert read_links(frame(LIST, trail=FOUND, links=[(SEARCH_LABEL, SEARCH)])) == [(SEARCH_LABEL, SEARCH)]


# The pages of an entry


def test_the_menu_leads_to_the_pages_of_the_entry_and_marks_this_one() -> None:
    view = frame(Address("v17/tags", 2), menu=MENU)
    assert read_custom_ids(view)[0] == "menu:7"
    options = [(option["value"], bool(option.get("default"))) for option in read_options(view)]
    assert options == [("v17~1a", False), ("v17/tags~1a", True)]


def test_a_menu_of_one_page_is_none() -> None:
    assert read_custom_ids(frame(menu=MENU[:1])) == []


# The pages of a list


def read_pager(view: PageView) -> list[str]:
    buttons = [part for part in read_parts(view) if str(part.get("custom_id")).startswith(("go:", "to:"))]
    assert not any(button.get("disabled") for button in buttons)
    return [button["label"] + button["custom_id"][4:] for button in buttons]


FIRST, BACK, ON, LAST = (f"{label}:v17/tags" for label in ("First", "Previous", "Next", "Last"))


@each(
    ("number", "extent", "buttons"),
    [
        (1, PageCount(total=1), []),
        (1, PageCount(), []),
        (1, PageCount(total=2), [f"{ON}~2"]),
        (1, PageCount(total=3), [f"{ON}~2", f"{LAST}~3"]),
        (2, PageCount(total=3), [BACK, f"{ON}~3"]),
        (3, PageCount(total=3), [FIRST, f"{BACK}~2"]),
        (3, PageCount(total=13), [FIRST, f"{BACK}~2", "Go to…:13:v17/tags", f"{ON}~4", f"{LAST}~13"]),
        # How many there are is not known.
        (1, PageCount(more=True), ["Go to…::v17/tags", f"{ON}~2"]),
        (2, PageCount(), [BACK, "Go to…::v17/tags"]),
        # No address can name the page after that one.
        (999_999, PageCount(more=True), [FIRST, f"{BACK}~999998", "Go to…::v17/tags"]),
        (
            999_998,
            PageCount(total=2_000_000),
            [FIRST, f"{BACK}~999997", "Go to…:999999:v17/tags", f"{ON}~999999"],
        ),
    ],
)
def test_the_pager_leads_to_the_pages_that_there_are(number: int, extent: PageCount, buttons: list[str]) -> None:
    assert read_pager(frame(Address("v17/tags", number), extent=extent)) == buttons


@pytest.mark.parametrize(
    ("number", "extent", "said"),
    [
        (1, PageCount(total=1), ""),
        (1, PageCount(total=3), " · Page 1 of 3"),
        (2, PageCount(total=2), " · Page 2 of 2"),
        (1, PageCount(more=True), " · Page 1"),
        (2, PageCount(), " · Page 2"),
    ],
)
def test_the_small_print_says_which_page_it_is(number: int, extent: PageCount, said: str) -> None:
    view = frame(Address("v17/tags", number), extent=extent)
    assert read_small_print(view) == f"-# VNDB{said}"


# What else can be pressed


def test_spoilers_are_shown_privately_on_the_same_page() -> None:
    assert read_custom_ids(frame(Address("v17/tags", 2), hidden=True))[-1] == "see:v17/tags~2r"


def test_a_copy_with_spoilers_says_that_it_is_one() -> None:
    revealed = Address("v17/tags").reveal()
    assert read_texts(frame(revealed)).startswith("-# 👁️ Your copy, with spoilers\nbody")
    pages = [Choice(Address("v17"), "Overview"), Choice(Address("v17/tags"), "Tags")]
    said = "Your copy, with spoilers, here and on the pages of its menu\nbody"
    assert read_texts(frame(revealed, menu=pages)).startswith(f"-# 👁️ {said}")
    assert "Your copy" not in read_texts(frame(Address("v17/tags", spoiler=2)))


def test_a_list_of_what_has_pictures_stands_as_rows_or_as_covers_about_where_it_was() -> None:
    rows = frame(Address("v17/tags", 6), pictures=COVERS_LABEL)
    assert "go:7:v17/tags~4c" in read_custom_ids(rows) and "Covers" in read_texts(rows)
    covers = frame(Address("v17/tags", 4, covers=True), pictures=COVERS_LABEL)
    assert "go:7:v17/tags~6" in read_custom_ids(covers) and "List" in read_texts(covers)
    assert "go:7:v17/tags~3c" in read_custom_ids(covers)  # its pages are covers, too


def test_nothing_hidden_is_nothing_to_show() -> None:
    assert "Show spoilers to me" not in read_texts(frame())


def test_a_link_that_discord_would_refuse_is_left_out() -> None:
    links = [("Long", "https://x.example/" + "x" * 512), ("Short", "https://x.example/")]
    assert read_links(frame(links=links)) == [("Short", "https://x.example/")]


def test_buttons_go_on_over_rows() -> None:
    actions = [GoButton(Address(f"v{number}"), asker_id=7, label="x") for number in range(1, 6)]
    view = frame(trail=FOUND, actions=actions, hidden=True)
    assert len(read_addresses(view)) == 6
    assert len([part for part in read_parts(view) if part["type"] == 1]) == 2


# The small print


def test_notes_stand_above_the_source() -> None:
    assert read_small_print(frame(notes=["One.", "", "Two."])) == "-# One.\n-# Two.\n-# VNDB"


def test_a_long_note_is_cut() -> None:
    note = read_small_print(frame(notes=["x" * 500])).split("\n")[0]
    assert note.endswith("x…")
    assert size(note) < 200


def test_the_name_of_who_asked_stands_in_discords_own_header_alone() -> None:
    assert "reader" not in read_texts(frame(LIST, choices=CHOICES, extent=PageCount(total=3), hidden=True))


def test_an_old_answer_says_how_old_it_is() -> None:
    assert read_small_print(frame(age_s=7300, stale=True)).endswith("VNDB · from 2 h ago (VNDB is away)")


def test_the_small_print_names_the_service_that_was_asked() -> None:
    assert read_small_print(frame(source="E-Hentai")) == "-# E-Hentai"
    assert read_small_print(frame(source="E-Hentai", age_s=7300, stale=True)).endswith("(E-Hentai is away)")


def test_a_page_has_the_colour_it_is_given() -> None:
    assert check_view(frame(accent=discord.Colour(0x123456)))[0]["accent_color"] == 0x123456


def test_an_old_answer_that_is_still_good_does_not() -> None:
    assert "ago" not in read_small_print(frame(age_s=7300))


# Limits


def test_the_largest_body_and_everything_to_press_fit_into_a_message() -> None:
    body = [ui.TextDisplay[ui.LayoutView]("x" * (BODY_LIMIT // 20)) for _ in range(20)]
    options = Frame(
        READER,
        Address("list/v/" + "x" * 50, 99_999, 1),
        menu=MENU,
        choices=CHOICES,
        extent=PageCount(total=999_999),
        pictures=COVERS_LABEL,
        hidden=True,
        links=[("Open on VNDB", "https://vndb.org/v17")],
        notes=["x" * 200] * 2,
        age_s=1e9,
        stale=True,
        source="VNDB",
    )
    assert check_view(build_view(Shown(body, options), trail=replace(FOUND, again=Address("random/v"))))


choices = st.lists(st.builds(Choice, vndb.addresses("v17/tags"), vndb.words, vndb.words), max_size=30)


@examples(40)
@given(
    viewer=vndb.viewers,
    trail=st.sampled_from([NO_TRAIL, FOUND]),
    address=vndb.addresses("v17"),
    lists=st.tuples(choices, choices),
    more=st.booleans(),
    hidden=st.booleans(),
    links=st.lists(st.tuples(vndb.words.map("Link {}".format), st.just("https://x.example/")), max_size=2),
)
async def test_whatever_stands_in_a_frame_discord_takes_it(
    viewer: Viewer,
    trail: Trail,
    address: Address,
    lists: Sequence[list[Choice]],
    links: list[tuple[str, str]],
    *,
    more: bool,
    hidden: bool,
) -> None:
    extent = PageCount(more=more)
    assert check_view(
        frame(
            address,
            viewer=viewer,
            trail=trail,
            menu=lists[0],
            choices=lists[1],
            extent=extent,
            hidden=hidden,
            links=links,
        )
    )


# Lines on pages


def test_no_lines_are_one_empty_page() -> None:
    assert paginate([]) == [[]]


@given(st.lists(vndb.words, max_size=60), st.integers(1, 300), st.integers(1, 30))
def test_pages_of_lines_hold_every_line_in_order_and_are_short_enough(
    lines: list[str], limit: int, at_most: int
) -> None:
    pages = paginate(lines, limit=limit, at_most=at_most)
    kept = [line for page in pages for line in page]
    assert len(kept) == len(lines)
    assert all(line == whole or size(whole) > limit for line, whole in zip(kept, lines, strict=True))
    for page in pages:
        assert len(page) <= at_most
        assert size("\n".join(page)) <= limit


@pytest.mark.parametrize(("number", "picked"), [(1, (["a"], 1)), (2, (["b"], 2)), (9, (["b"], 2))])
def test_a_page_after_the_last_one_is_the_last_one(number: int, picked: tuple[list[str], int]) -> None:
    assert pick_page([["a"], ["b"]], number) == picked


@pytest.mark.parametrize("letter", ["漢", "か", "ก", "é", "😀", "x"])
def test_a_full_page_is_taken_whatever_its_letters_weigh(letter: str) -> None:
    viewer = Viewer(asker_id=7, age_restricted=False)
    pages = paginate([letter * 150] * 60, at_most=60)
    for number in range(1, len(pages) + 1):
        (body,) = [ui.TextDisplay[Any]("\n".join(pages[number - 1]))]
        notes = [letter * 300] * 2
        extent = PageCount(total=len(pages))
        frame = Frame(viewer, Address("v17", number), notes=notes, extent=extent, source="VNDB")
        check_view(build_view(Shown([body], frame)))
    assert sum(map(len, pages)) == 60
    (clipped,) = paginate([letter * 5000])
    check_view(build_view(Shown([ui.TextDisplay[Any](clipped[0])], Frame(viewer, CARD, source="VNDB"))))


def test_heavier_letters_turn_pages_earlier() -> None:
    assert len(paginate(["漢" * 150] * 60, at_most=60)) > len(paginate(["x" * 150] * 60, at_most=60))
