"""Likeness by tags: which tags tell something, who may be alike, and how much."""

from __future__ import annotations

from math import log
from typing import cast

import pytest

from bot.vndb.api.model import Relation, Tag, Vn
from bot.vndb.api.similar import MAX_EXCLUDED, MAX_TAGS, build_candidates, choose_tags, rank

TOTAL = 10_000


def build_tag(tag_id: str, *, rating: float = 2.0, spoiler: int = 0, category: str = "cont", count: int = 100) -> Tag:
    return Tag(tag_id, rating=rating, spoiler=spoiler, category=category, vn_count=count)


def choose(*tags: Tag, age_restricted: bool = False) -> list[str]:
    vn = Vn("v1", tags=list(tags))
    return [tag.id for tag in choose_tags(vn, age_restricted=age_restricted, total_vns=TOTAL)]


def score(base: list[Tag], other: list[Tag], *, age_restricted: bool = False) -> float:
    ranked = rank(Vn("v1", tags=base), [Vn("v2", tags=other)], age_restricted=age_restricted, total_vns=TOTAL)
    return ranked[0][1] if ranked else 0.0


def test_a_strong_tag_tells_more_than_a_weak_one() -> None:
    assert choose(build_tag("g1", rating=1.0), build_tag("g2", rating=3.0)) == ["g2", "g1"]


def test_a_rare_tag_tells_more_than_a_common_one() -> None:
    assert choose(build_tag("g1", count=5000), build_tag("g2", count=50)) == ["g2", "g1"]


def test_a_few_tags_are_enough() -> None:
    assert len(choose(*(build_tag(f"g{number}") for number in range(1, 30)))) == MAX_TAGS


def test_a_tag_that_spoils_is_not_chosen() -> None:
    lie = Tag("g3", rating=3.0, spoiler=0, lie=True, category="cont", vn_count=10)
    assert choose(build_tag("g1", spoiler=1), build_tag("g2"), lie) == ["g2"]


@pytest.mark.parametrize("category", ["ero", "", "new"])
def test_a_sexual_or_unknown_tag_needs_an_age_restricted_place(category: str) -> None:
    tags = [build_tag("g1", category=category), build_tag("g2", count=5000)]
    assert choose(*tags) == ["g2"]
    assert choose(*tags, age_restricted=True) == ["g1", "g2"]


@pytest.mark.parametrize("count", [0, TOTAL, TOTAL + 1])
def test_a_tag_of_all_novels_or_of_none_tells_nothing(count: int) -> None:
    assert choose(build_tag("g1", count=count)) == []


def test_a_tag_that_was_voted_down_is_not_chosen() -> None:
    assert choose(build_tag("g1", rating=0.0), build_tag("g2", rating=-1.0)) == []


def test_a_candidate_has_two_of_the_tags_and_enough_votes() -> None:
    found = build_candidates([build_tag("g1"), build_tag("g2"), build_tag("g3")], exclude=["v1"])
    one, two, three = (("dtag", "=", (tag, 0, 1.0)) for tag in ("g1", "g2", "g3"))
    assert found is not None
    assert found.json == (
        "and",
        ("or", ("and", one, ("or", two, three)), ("and", two, three)),
        ("votecount", ">=", 20),
        ("id", "!=", "v1"),
    )


def test_with_one_tag_a_candidate_has_that_one() -> None:
    found = build_candidates([build_tag("g1")], exclude=[])
    assert found is not None
    assert found.json == ("and", ("dtag", "=", ("g1", 0, 1.0)), ("votecount", ">=", 20))


def test_without_tags_there_are_no_candidates() -> None:
    assert build_candidates([], exclude=["v1"]) is None


def count_predicates(json: object) -> int:
    parts = cast("tuple[object, ...]", json)
    return sum(count_predicates(part) for part in parts[1:]) if parts[0] in {"and", "or"} else 1


def test_the_query_stays_small_whatever_there_is() -> None:
    tags = [build_tag(f"g{number}") for number in range(1, 20)]
    found = build_candidates(tags, exclude=[f"v{number}" for number in range(1, 200)])
    assert found is not None
    assert count_predicates(found.json) == 14 + 1 + MAX_EXCLUDED <= 30


def test_what_is_excluded_twice_is_excluded_once() -> None:
    found = build_candidates([build_tag("g1")], exclude=["v1", "v1"])
    assert found is not None
    assert count_predicates(found.json) == 3


def test_all_tags_as_strongly_is_all_alike() -> None:
    tags = [build_tag("g1"), build_tag("g2", rating=1.3, count=7)]
    assert score(tags, tags) == pytest.approx(1.0)


def test_the_score_is_the_shared_part_of_the_weight() -> None:
    base = [build_tag("g1", rating=3.0, count=100), build_tag("g2", rating=1.0, count=1000)]
    other = [build_tag("g1", rating=1.5, count=100), build_tag("g9", rating=3.0)]
    expected = 1.5 * log(100) / (3.0 * log(100) + 1.0 * log(10))
    assert score(base, other) == pytest.approx(expected)


def test_a_stronger_tag_is_not_more_alike_than_the_same() -> None:
    assert score([build_tag("g1", rating=1.0)], [build_tag("g1", rating=3.0)]) == pytest.approx(1.0)


def test_a_shared_tag_that_spoils_the_candidate_does_not_count() -> None:
    assert score([build_tag("g1")], [build_tag("g1", spoiler=1)]) == 0.0


def test_shared_sexual_tags_count_in_age_restricted_places_only() -> None:
    tags = [build_tag("g1", category="ero")]
    assert score(tags, tags) == 0.0
    assert score(tags, tags, age_restricted=True) == pytest.approx(1.0)


def rank_ids(base: Vn, *candidates: Vn) -> list[str]:
    return [vn.id for vn, _ in rank(base, candidates, age_restricted=False, total_vns=TOTAL)]


def test_the_most_alike_come_first() -> None:
    base = Vn("v1", tags=[build_tag("g1"), build_tag("g2")])
    near, far = Vn("v2", tags=base.tags), Vn("v3", tags=base.tags[:1], rating=90.0)
    assert rank_ids(base, far, near) == ["v2", "v3"]


def test_of_equals_the_higher_rated_comes_first() -> None:
    base = Vn("v1", tags=[build_tag("g1")])
    unrated, low, high = (
        Vn(f"v{number}", tags=base.tags, rating=rating) for number, rating in ((2, None), (3, 50.0), (4, 80.0))
    )
    assert rank_ids(base, unrated, low, high) == ["v4", "v3", "v2"]


def test_the_novel_itself_and_what_is_related_to_it_are_left_out() -> None:
    base = Vn("v1", tags=[build_tag("g1")], relations=[Relation("v2", relation="seq")])
    assert rank_ids(base, base, Vn("v2", tags=base.tags), Vn("v3", tags=base.tags)) == ["v3"]


def test_what_has_nothing_in_common_is_left_out() -> None:
    assert rank_ids(Vn("v1", tags=[build_tag("g1")]), Vn("v2", tags=[build_tag("g2")])) == []


def test_a_novel_without_tags_is_like_nothing() -> None:
    assert rank_ids(Vn("v1"), Vn("v2", tags=[build_tag("g1")])) == []


def test_a_candidate_that_comes_twice_is_ranked_once() -> None:
    base = Vn("v1", tags=[build_tag("g1")])
    assert rank_ids(base, Vn("v2", tags=base.tags), Vn("v2", tags=base.tags)) == ["v2"]
