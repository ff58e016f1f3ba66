"""Charts: that they show what they are given, and are drawn once."""

from __future__ import annotations

import io

import discord
import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.cards.chart import Chart, build_chart_gallery, build_vote_chart, build_year_chart, describe_chart
from bot.cards.chart_picture import BAR, HEIGHT, WIDTH, draw_chart
from bot.navigation.frame import PageView
from tests.support.discord_limits import check_view, read_pictures
from tests.support.examples import examples


def read_picture(chart: Chart) -> Image.Image:
    picture = Image.open(io.BytesIO(draw_chart(chart)), formats=["PNG"])
    picture.load()
    return picture


def measure_bars(picture: Image.Image) -> list[int]:
    """The heights of the bars from left to right, read from the pixels."""
    heights: list[int] = []
    inside = False
    for x in range(WIDTH):
        colours = picture.crop((x, 0, x + 1, HEIGHT)).getcolors(HEIGHT) or []
        height = sum(count for count, colour in colours if colour == BAR)
        if height and not inside:
            heights.append(0)
        inside = height > 0
        if inside:
            heights[-1] = max(heights[-1], height)
    return heights


def test_the_picture_is_a_png_of_the_promised_size() -> None:
    assert read_picture(build_vote_chart([80, 90])).size == (WIDTH, HEIGHT)


def test_bars_are_as_high_as_their_numbers() -> None:
    low, middle, high = measure_bars(read_picture(Chart("Votes", (("1", 25), ("2", 50), ("3", 100)), unit="vote")))
    assert middle == pytest.approx(high / 2, abs=4)
    assert low == pytest.approx(high / 4, abs=4)


def test_one_of_a_million_is_still_to_be_seen() -> None:
    few, many = measure_bars(read_picture(Chart("Votes", (("1", 1), ("2", 10**6)), unit="vote")))
    assert 0 < few < many / 10


def test_nothing_has_no_bar() -> None:
    assert len(measure_bars(read_picture(Chart("Votes", (("1", 0), ("2", 3), ("3", -4)), unit="vote")))) == 1
    assert measure_bars(read_picture(build_vote_chart([]))) == []


def test_sixty_years_are_sixty_bars() -> None:
    chart = build_year_chart([f"{year}-05" for year in range(1970, 2030)])
    assert len(measure_bars(read_picture(chart))) == 60


def test_the_same_chart_is_drawn_once() -> None:
    assert draw_chart(build_vote_chart([70, 80])) is draw_chart(build_vote_chart([80, 70]))


def test_a_letter_the_font_lacks_leaves_the_picture_as_it_is_without() -> None:
    bars = (("1", 2),)
    assert draw_chart(Chart("Votes", bars, unit="vote")) == draw_chart(Chart("Votes 日本é", bars, unit="vote"))


def test_votes_count_for_the_nearest_mark_and_halves_for_the_higher() -> None:
    chart = build_vote_chart([10, 14, 15, 84, 85, 95, 100])
    assert dict(chart.bars) == dict.fromkeys("34567", 0) | {"1": 2, "2": 1, "8": 1, "9": 1, "10": 2}


def test_what_is_no_vote_does_not_count() -> None:
    assert sum(number for _, number in build_vote_chart([-10, 0, 9, 101, 10**9]).bars) == 0


def test_years_without_releases_are_in_the_chart() -> None:
    assert build_year_chart(["2004-04-28", "2006", "2006-01"]).bars == (("2004", 1), ("2005", 0), ("2006", 2))


def test_dates_without_a_year_do_not_count() -> None:
    assert build_year_chart(["TBA", None, "", "0001-01-01", "20045"]).bars == ()


def test_the_description_says_the_numbers_in_words() -> None:
    chart = Chart("Votes", (("8", 1), ("9", 0), ("10", 1200)), unit="vote")
    assert describe_chart(chart) == "Votes. 8: 1 vote, 10: 1,200 votes."


def test_the_description_of_an_empty_chart_says_so() -> None:
    assert describe_chart(build_year_chart([])) == "Releases by year. Nothing yet."


def test_the_picture_stands_in_a_message_with_its_file() -> None:
    file = discord.File(io.BytesIO(b"png"), "votes.png")
    view = PageView(files=[file])
    view.add_item(ui.Container[ui.LayoutView](build_chart_gallery(build_vote_chart([80]), file)))
    check_view(view)
    assert read_pictures(view) == [("attachment://votes.png", False)]


charts = st.builds(
    Chart,
    title=st.text(max_size=80),
    bars=st.lists(
        st.tuples(st.one_of(st.text(max_size=30), st.sampled_from(["2004", "٣", "²"])), st.integers(-5, 10**40)),
        max_size=70,
    ).map(tuple),
    unit=st.just("vote"),
)


@examples(20)
@given(chart=charts)
def test_every_chart_can_be_drawn_and_described(chart: Chart) -> None:
    assert read_picture(chart).size == (WIDTH, HEIGHT)
    assert 0 < len(describe_chart(chart)) <= 1024
