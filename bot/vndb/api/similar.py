"""Novels that are like another one, judged by their tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from math import log

from bot.vndb.api import where
from bot.vndb.api.filter import Filter, all_of, any_of
from bot.vndb.api.kind import VN
from bot.vndb.api.model import Tag, Vn

CANDIDATE_FIELDS = f"{VN.row_fields},tags{{rating,spoiler,lie,category,vn_count}}"
"""What a candidate's row must hold to be ranked and shown."""

MAX_TAGS = 5
MIN_VOTES = 20
MIN_LEVEL = 1.0  # below it, a tag stands more for those who voted than for the novel
MAX_EXCLUDED = 15
"""VNDB stops a query after 3 s; what is not excluded by the query, `rank` leaves out."""


def choose_tags(vn: Vn, *, age_restricted: bool, total_vns: int) -> list[Tag]:
    """The tags, at most `MAX_TAGS`, that tell most about `vn`, best first.

    A tag tells much if it applies strongly and to few of VNDB's `total_vns` novels: its rating times
    log(total / novels with it). Tags that spoil anything are left out, sexual ones unless `age_restricted`.
    """
    weights = _weigh_tags(vn, age_restricted=age_restricted, total_vns=total_vns)
    chosen = {tag.id: tag for tag in vn.tags if tag.id in weights}
    return sorted(chosen.values(), key=lambda tag: (-weights[tag.id], tag.id))[:MAX_TAGS]


def build_candidates(tags: Sequence[Tag], *, exclude: Iterable[str]) -> Filter[Vn] | None:
    """Novels with two of these tags (or the one, if there is only one) and enough votes; None if there are no tags.

    The first `MAX_EXCLUDED` novels of `exclude` are not among them.
    """
    if not tags:
        return None
    carried = [where.VN.dtag.eq((tag.id, 0, MIN_LEVEL)) for tag in tags[:MAX_TAGS]]
    # Any pair, written so that each tag stands once before all that come after it.
    pairs = [all_of(one, any_of(*carried[after:])) for after, one in enumerate(carried[:-1], start=1)]
    excluded = [where.VN.id.ne(vn_id) for vn_id in islice(dict.fromkeys(exclude), MAX_EXCLUDED)]
    return all_of(any_of(*(pairs or carried)), where.VN.votecount.ge(MIN_VOTES), *excluded)


def rank(base: Vn, candidates: Iterable[Vn], *, age_restricted: bool, total_vns: int) -> list[tuple[Vn, float]]:
    """The candidates that are like `base`, with their scores, best first; of equal ones the higher rated first.

    The score is the share of the weight of the base's tags that the candidate has too: the sum over the tags they
    share of min(both ratings) * log(total / novels with it), divided by the same sum over all of the base's tags with
    its own ratings. 0 is nothing in common, and is left out; 1 is every tag, as strongly. Tags count as in
    `choose_tags`. The base and its relations are left out.
    """
    weights = _weigh_tags(base, age_restricted=age_restricted, total_vns=total_vns)
    ratings = {tag.id: tag.rating for tag in base.tags}
    total = sum(weights.values())
    known = {base.id, *(relation.id for relation in base.relations)}

    def score(vn: Vn) -> float:
        shared = {tag.id: tag.rating for tag in vn.tags if tag.id in weights and tag.spoils == 0 and tag.rating > 0}
        return sum(weights[tag] * min(1.0, rating / ratings[tag]) for tag, rating in shared.items()) / total

    scored = [(vn, score(vn)) for vn in {one.id: one for one in candidates}.values() if vn.id not in known and total]
    liked = [(vn, found) for vn, found in scored if found > 0]
    return sorted(liked, key=lambda pair: (-pair[1], -(pair[0].rating or 0.0)))


def _weigh_tags(vn: Vn, *, age_restricted: bool, total_vns: int) -> dict[str, float]:
    """The weight of each tag that counts. Of a tag in no novel the count is not known, so it counts for nothing."""
    weights = {
        tag.id: tag.rating * log(total_vns / tag.vn_count)
        for tag in vn.tags
        if tag.spoils == 0 and (age_restricted or not tag.is_sexual) and 0 < tag.vn_count < total_vns
    }
    return {tag: weight for tag, weight in weights.items() if weight > 0}
