"""Notices and the list of follows: what they say, that they fit, and that they mention nobody but the role."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.cards.text import count_units
from bot.follow.item import EndButton, FollowSelect, ListButton, name_notice
from bot.follow.list import (
    ROWS,
    Ended,
    FollowLine,
    add_ended,
    name_follow,
    render_ended,
    render_follow_list,
    render_followed,
    render_several,
)
from bot.follow.model import Follow, Notice
from bot.follow.notice import render_notice
from bot.follow.upcoming import Outlook
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.playground.engine.validate import check_message
from bot.service.image import Image
from tests.support.discord_limits import COMPONENTS_V2, check_view, read_addresses, read_pictures, read_texts

FOREIGN = "**@everyone** <@&5> [x](http://y)"
LARGEST = 2**63 - 1


FOLLOW = Follow(LARGEST, "anime", 9253, "Gate", False, 1, None, 5, None, 0, None, None, 0)
SAFE = Image("https://pictures.example/1.jpg", sexual=0.0, violence=0.0, votecount=9)
UNSAFE = Image("https://pictures.example/2.jpg", sexual=2.0, violence=0.0, votecount=9)


BLANK = Outlook()


def build_notice(
    title: str = "Gate", *, role_id: int | None = None, outlook: Outlook = BLANK, adults: bool = False
) -> PageView:
    notice = Notice(replace(FOLLOW, title=title), "e5", 1_800_000_000, False, "", "sending", 0, 0)
    return render_notice(notice, outlook, Viewer(0, age_restricted=adults), role_id=role_id)


def build_release_notice(title: str = "Gate", release: str = "Gate Steam", *, key: str = "r17") -> PageView:
    notice = Notice(replace(FOLLOW, kind="vn", title=title), key, 1_800_000_000, False, release, "sending", 0, 0)
    return render_notice(notice, Outlook(), Viewer(0, age_restricted=False), role_id=None)


def read_contents(view: PageView) -> list[str]:
    return [str(one["content"]) for one in walk(view.to_components()) if one.get("content")]


def test_a_notice_says_what_aired_and_when_and_leads_on() -> None:
    notice = build_notice()
    assert "### Gate\nEpisode 5 aired <t:1800000000:R>" in read_texts(notice)
    assert read_addresses(notice) == {"anime/9253"}


def test_a_notice_of_a_release_names_it_and_leads_on() -> None:
    notice = build_release_notice()
    assert "### Gate\nReleased: Gate Steam" in read_texts(notice)
    assert read_addresses(notice) == {"r17"}


def test_a_notice_has_the_picture_and_what_comes_next() -> None:
    notice = build_notice(outlook=Outlook(SAFE, "Next: episode 6"))
    assert read_pictures(notice) == [(SAFE.url, False)]
    assert read_texts(notice).split("\n")[2] == "-# Next: episode 6"


def test_a_picture_that_is_withheld_leaves_no_hole() -> None:
    assert build_notice(outlook=Outlook(UNSAFE)).to_components() == build_notice().to_components()
    assert read_pictures(build_notice(outlook=Outlook(UNSAFE), adults=True)) == [(UNSAFE.url, True)]


def test_the_role_stands_first_if_there_is_one() -> None:
    assert read_contents(build_notice(role_id=77))[0] == "<@&77>"
    assert all("<@" not in text for text in read_contents(build_notice()))


@given(st.text(max_size=400), st.text(max_size=400))
def test_other_peoples_text_mentions_nobody_and_always_fits(title: str, release: str) -> None:
    check_view(build_notice(title + FOREIGN))
    check_view(build_release_notice(title + FOREIGN, release + FOREIGN, key="r9999999"))
    check_view(render_follow_list([FollowLine(1, "vn", title + FOREIGN, wishes=[release + FOREIGN])], number=1))


def test_a_notice_is_known_by_its_button() -> None:
    names = {str(one.get("custom_id")) for one in walk(check_view(build_notice()))}
    assert name_notice(LARGEST, "e5", restricted=False) in names
    for restricted, mark in ((False, None), (True, ":18")):
        name = name_notice(LARGEST, "e5", restricted=restricted)
        match = EndButton.__discord_ui_compiled_template__.fullmatch(name)
        assert match is not None
        assert match.groupdict() == {"follow": str(LARGEST), "key": "e5", "restricted": mark}


# The list


def build_lines(number: int) -> list[FollowLine]:
    return [
        FollowLine(
            LARGEST - each,
            "anime",
            f"{each} {'W' * 300}",
            LARGEST,
            "#" + "w" * 100,
            LARGEST,
            86_400,
            threads=True,
            thread_error=160006,
            refused=True,
            role_error="silent",
        )
        for each in range(number)
    ]


def list_items(view: PageView) -> list[dict[str, Any]]:
    components: list[dict[str, Any]] = view.to_components()
    check_message({"components": components}, flags=COMPONENTS_V2, files=0)
    return [one for one in walk(components) if one.get("custom_id")]


def test_every_page_of_the_longest_list_fits_and_holds_each_follow_once() -> None:
    lines, shown = build_lines(75), list[str]()
    for number in range(1, (75 + ROWS - 1) // ROWS + 1):
        items = list_items(render_follow_list(lines, number=number))
        shown += [option["value"] for item in items for option in item.get("options", ())]
    assert shown == [str(line.id) for line in lines]


def test_what_was_stopped_and_what_is_asked_fit_beside_the_longest_lines() -> None:
    lines = build_lines(ROWS + 1)
    list_items(add_ended(render_follow_list(lines, number=1), Ended(lines[0], late=9)))
    asked = render_several("W" * 200, lines)
    options = [option["value"] for item in list_items(asked) for option in item.get("options", ())]
    assert options == [str(line.id) for line in lines[:ROWS]]
    assert f"{ROWS + 1} follows are called “{'W' * 79}…”." in read_contents(asked)[0]


def test_pages_lead_to_each_other() -> None:
    lines = build_lines(3 * ROWS)
    found = [
        [item["custom_id"] for item in list_items(render_follow_list(lines, number=number))] for number in (1, 2, 3)
    ]
    assert found == [
        ["followed:1", "follows:2"],
        ["followed:2", "follows:1", "follows:3"],
        ["followed:3", "follows:2"],
    ]
    assert FollowSelect.__discord_ui_compiled_template__.fullmatch("followed:2")
    assert ListButton.__discord_ui_compiled_template__.fullmatch("follows:2")


def test_a_page_that_is_not_there_any_more_is_the_last_one() -> None:
    items = list_items(render_follow_list(build_lines(1), number=4))
    assert [item["custom_id"] for item in items] == ["followed:1"]


def test_an_empty_list_says_so() -> None:
    assert "You follow nothing yet" in read_texts(render_follow_list([], number=1))


def test_a_line_says_where_when_and_what() -> None:
    line = FollowLine(1, "vn", "Gate", channel_id=5, role_id=7, delay_s=3600, wishes=["ja", "win"])
    (text,) = read_contents(render_followed(line))
    assert "Followed: **Gate** · Visual novel · ja · win · 60 minutes later · <#5> · mentions <@&7>" in text
    assert read_contents(render_followed(line, changed=True)) == [text.replace("Followed", "Changed", 1)]


def test_what_may_not_be_named_is_not() -> None:
    line = FollowLine(1, "anime", "")
    assert name_follow(line) == "Anime: An entry for adults · by direct message"
    for view in (render_followed(line), render_ended(Ended(line, goes_on=True)), render_follow_list([line], number=1)):
        assert "An entry for adults" in read_texts(view)


def test_two_follows_of_the_same_are_told_apart_by_where_they_tell() -> None:
    assert name_follow(FollowLine(1, "vn", "Gate", 5, "#news")) == "Visual novel: Gate · #news"


def test_two_follows_of_the_same_are_told_apart_by_what_is_wished_for() -> None:
    line = FollowLine(1, "vn", "Gate", 5, "#news", wishes=["Japanese", "Windows"])
    assert name_follow(line) == "Visual novel: Gate · Japanese · Windows · #news"


def test_two_seasons_with_a_long_title_are_told_apart() -> None:
    title = "Tensei Kizoku no Isekai Boukenroku: Jichou wo Shiranai Kamigami no Shito - Bangai-hen"
    lines = [FollowLine(1, "anime", f"{title} {season} Season", 5, "#anime-news") for season in ("2nd", "3rd")]
    for second, third in (map(name_follow, lines), (read_texts(render_followed(line)) for line in lines)):
        assert second != third
        assert second.replace("2nd Season", "3rd Season") == third


@given(st.text(max_size=400), st.lists(st.text(max_size=40), max_size=2), st.text(max_size=100))
def test_a_name_in_suggestions_fits(title: str, wishes: list[str], place: str) -> None:
    assert 0 < count_units(name_follow(FollowLine(1, "developer", title, 5, place, wishes=wishes))) <= 100
