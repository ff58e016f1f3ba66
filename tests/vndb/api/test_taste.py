"""A taste, as votes show it, and what suits it."""

from __future__ import annotations

import pytest
from msgspec import structs

from bot.vndb.api.model import ListEntry, Tag, Vn
from bot.vndb.api.taste import MIN_VOTES, REASONS, Taste, find_taste, recommend

TOTAL = 10_000


def build_tag(tag_id: str, *, rating: float = 2.0, spoiler: int = 0, category: str = "cont", count: int = 100) -> Tag:
    return Tag(tag_id, name=f"Tag {tag_id}", rating=rating, spoiler=spoiler, category=category, vn_count=count)


def see_taste(*voted: tuple[int, Tag], age_restricted: bool = False) -> Taste:
    """The taste of who gave these votes to novels with one tag each, and the mean of them to a few with none."""
    mean = round(sum(vote for vote, _ in voted) / len(voted))
    entries = [
        ListEntry(f"v{place}", vote=vote, vn=Vn(f"v{place}", tags=[tag])) for place, (vote, tag) in enumerate(voted)
    ]
    others = [ListEntry(f"v{100 + place}", vote=mean, vn=Vn(f"v{100 + place}")) for place in range(MIN_VOTES)]
    return find_taste([*entries, *others], age_restricted=age_restricted, total_vns=TOTAL)


def order(taste: Taste, *candidates: Vn) -> list[str]:
    return [one.vn.id for one in recommend(taste, candidates, age_restricted=True, total_vns=TOTAL)]


def build_vn(vn_id: str, *tags: Tag, rating: float = 70.0, votes: int = 500) -> Vn:
    nameless = [structs.replace(tag, name="") for tag in tags]  # as VNDB is asked for them
    return Vn(vn_id, tags=nameless, rating=rating, votecount=votes)


def test_what_was_voted_high_is_liked_and_what_was_voted_low_is_not() -> None:
    taste = see_taste((100, build_tag("g1")), (70, build_tag("g2")), (30, build_tag("g3")))
    assert [tag.id for tag in taste.choose_tags()] == ["g1", "g2"]
    assert taste.weights["g3"] < 0


def test_a_rare_tag_tells_more_than_a_common_one() -> None:
    taste = see_taste((80, build_tag("g1", count=5000)), (80, build_tag("g2", count=50)))
    assert [tag.id for tag in taste.choose_tags()] == ["g2", "g1"]


def test_a_few_tags_are_asked_for() -> None:
    taste = see_taste(*((80, build_tag(f"g{number}")) for number in range(1, 20)))
    assert len(taste.choose_tags()) == 5
    wanted = taste.build_candidates()
    assert wanted is not None
    assert wanted.nodes == 6


@pytest.mark.parametrize("number", [0, MIN_VOTES - 1])
def test_a_few_votes_show_no_taste(number: int) -> None:
    entries = [ListEntry(f"v{place}", vote=90, vn=Vn(f"v{place}", tags=[build_tag("g1")])) for place in range(number)]
    taste = find_taste(entries, age_restricted=True, total_vns=TOTAL)
    assert taste.choose_tags() == []
    assert taste.build_candidates() is None
    assert order(taste, build_vn("v50", build_tag("g1"))) == []


@pytest.mark.parametrize(
    "tag",
    [
        build_tag("g1", spoiler=1),
        Tag("g1", rating=2.0, spoiler=0, lie=True, category="cont", vn_count=100),
        build_tag("g1", category="ero"),
        build_tag("g1", category="new"),
        build_tag("g1", rating=0.0),
        build_tag("g1", count=0),
        build_tag("g1", count=TOTAL),
    ],
)
def test_what_may_not_be_told_or_tells_nothing_is_left_out(tag: Tag) -> None:
    assert [one.id for one in see_taste((90, tag), (90, build_tag("g2"))).choose_tags()] == ["g2"]


def test_sexual_tags_count_where_they_may_stand() -> None:
    taste = see_taste((90, build_tag("g1", category="ero")), age_restricted=True)
    assert [one.id for one in taste.choose_tags()] == ["g1"]


def test_what_suits_comes_first_and_what_does_not_is_left_out() -> None:
    taste = see_taste((100, build_tag("g1")), (70, build_tag("g2")), (30, build_tag("g3")))
    liked, less, disliked, neither = (build_vn(f"v{n}", build_tag(f"g{n}")) for n in (1, 2, 3, 4))
    assert order(taste, disliked, less, neither, liked, liked) == ["v1", "v2"]


def test_of_what_suits_alike_the_better_and_the_more_read_come_first() -> None:
    taste = see_taste((90, build_tag("g1")))
    tag = build_tag("g1")
    assert order(taste, build_vn("v1", tag), build_vn("v2", tag, rating=90.0)) == ["v2", "v1"]
    assert order(taste, build_vn("v1", tag), build_vn("v2", tag, votes=9000)) == ["v2", "v1"]


def test_what_has_many_other_tags_suits_less() -> None:
    taste = see_taste((90, build_tag("g1")))
    others = [build_tag(f"g{number}") for number in range(10, 30)]
    assert order(taste, build_vn("v1", build_tag("g1"), *others), build_vn("v2", build_tag("g1"))) == ["v2", "v1"]


def test_what_speaks_most_for_a_novel_is_told() -> None:
    taste = see_taste((100, build_tag("g1")), (60, build_tag("g2")), (20, build_tag("g3")))
    vn = build_vn("v9", build_tag("g3"), build_tag("g2", rating=0.5), build_tag("g1"), build_tag("g7"))
    (one,) = recommend(taste, [vn], age_restricted=True, total_vns=TOTAL)
    assert one.reasons == ["Tag g1", "Tag g2"]
    assert len(one.reasons) <= REASONS


def test_a_novel_without_votes_is_not_recommended() -> None:
    taste = see_taste((90, build_tag("g1")))
    assert order(taste, build_vn("v1", build_tag("g1"), votes=0), Vn("v2", tags=[build_tag("g1")], votecount=9)) == []
