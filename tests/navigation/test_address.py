"""Addresses: what is written is read again, it is short enough for a button, and rubbish leads nowhere."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.navigation.address import MAX_SIZE, Address, parse_address
from bot.vndb.cards.route import EntryRoute
from tests.support.each import each

LETTERS = string.ascii_letters + string.digits + "=._-"
numbers = st.integers(1, 999_999)
spoilers = st.integers(0, 2)
# Ten characters of the size are the end's: a tilde, six digits, a letter.
places = st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=4).map("/".join)


def build_address(place: str, number: int, spoiler: int, *, covers: bool) -> Address:
    return Address(place, number, min(spoiler, 2), spoiler > 2, covers)


addresses = st.builds(build_address, places, numbers, st.integers(0, 3), covers=st.booleans())


@given(addresses)
def test_an_address_is_read_back_as_it_was_written(address: Address) -> None:
    assert parse_address(address.encode()) == address


@given(addresses)
def test_an_address_is_short_and_holds_nothing_that_a_custom_id_separates_by(address: Address) -> None:
    encoded = address.encode()
    assert len(encoded) <= MAX_SIZE
    assert set(encoded) <= {*LETTERS, "/", "~"}


@pytest.mark.parametrize(
    ("address", "encoded"),
    [
        (Address("v17"), "v17"),
        (Address("v17/characters", 2), "v17/characters~2"),
        (Address("v17", spoiler=1), "v17~1a"),
        (Address("v17").reveal(), "v17~1r"),
        (Address("v17", spoiler=2, covers=True), "v17~1bc"),
        (Address("list/v/rating", 12, 2), "list/v/rating~12b"),
    ],
)
def test_only_what_is_not_usual_is_written(address: Address, encoded: str) -> None:
    assert address.encode() == encoded


@each("place", ["", "/", "v17/", "/v17", "v17//tags", "v 17", "v17~2", "v17:1", "ｖ17", "v17\n"])
def test_what_is_no_place_cannot_be_written(place: str) -> None:
    with pytest.raises(ValueError, match="^" + place.replace("\n", "\\n")):
        Address(place).encode()


@pytest.mark.parametrize("end", [Address("", 1), Address("", 999_999, 2)])
def test_a_place_may_be_as_long_as_leaves_room_for_its_end(end: Address) -> None:
    room = MAX_SIZE - (len("~999999b") if end.spoiler else 0)
    assert len(Address("v" * room, end.number, end.spoiler).encode()) == MAX_SIZE
    with pytest.raises(ValueError, match="vvv"):
        Address("v" * (room + 1), end.number, end.spoiler).encode()


@each(
    "text",
    [
        "",
        "~",
        "~2",
        "v17~",
        "v17~0",
        "v17~02",
        "v17~-1",
        "v17~1d",
        "v17~1ca",
        "v17~1br",
        "v17~a",
        "v17~1ab",
        "v17~1000000",
        "v17~1~2",
        "v17:2",
        "v17/",
        "/v17",
        "v 17",
        "v17\n",
        "v17~2\n",
        "v17~٢",
        "v١٧",
        "v" * (MAX_SIZE + 1),
    ],
)
def test_rubbish_is_no_address(text: str) -> None:
    assert parse_address(text) is None


@given(st.text(max_size=80) | st.text(LETTERS + "/~:", max_size=80))
@example("v17~1")
def test_whatever_is_read_can_be_written_and_read_again(text: str) -> None:
    address = parse_address(text)
    assert address is None or parse_address(address.encode()) == address


def test_another_page_of_the_place_keeps_the_spoilers() -> None:
    assert Address("v17/tags", 2, 1).turn(3) == Address("v17/tags", 3, 1)


def test_another_place_begins_at_its_first_page_with_the_same_spoilers() -> None:
    assert Address("v17/tags", 2, 1).go(EntryRoute("g19")) == Address("g19", 1, 1)


def test_all_spoilers_are_those_of_the_same_page() -> None:
    assert Address("v17/tags", 2, 0).reveal() == Address("v17/tags", 2, 2, revealed=True)
