"""What somebody may like, judged by their votes and by the tags of what they voted on.

A tag's weight in a taste is the sum, over the novels that carry it, of how much each was liked times the tag's rating
there times log(total / novels with the tag). How much one was liked is its vote beside the mean of all votes, and one
more: what somebody reads at all they like to some degree, and only what they voted a whole point below their mean
counts against its tags.

Candidates carry one of the five tags that are liked most; the hundred that most people voted on are judged. A score is
the sum, over the tags, of the taste's weight times the candidate's own, by the square root of the length of all its
weights (else what has many tags suits everybody; by the whole length, what has few), times its rating, times the fourth
root of its votes: what many read is likelier to be read. `make bench ARGS=taste` hides votes and sees how many of them
come back; without the last factor half as many do, and with two of the five tags asked for a third fewer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log, sqrt

import msgspec

from bot.vndb.api import where
from bot.vndb.api.filter import Filter, any_of
from bot.vndb.api.model import ListEntry, Tag, Vn
from bot.vndb.api.similar import MAX_TAGS, MIN_LEVEL

TASTE_FIELDS = "vote,vn{title,tags{name,rating,spoiler,lie,category,vn_count}}"
"""What an entry of a list must hold for its taste to be seen."""

MIN_VOTES = 5
"""With fewer there is no taste to be seen."""

REASONS = 3


class Recommendation(msgspec.Struct, frozen=True):
    """A novel and why: the names of the tags that speak most for it. `score` is above 0, and compares."""

    vn: Vn
    score: float
    reasons: Sequence[str]


class Taste(msgspec.Struct, frozen=True):
    """`weights` by tag id; of tags that are liked it is above 0. `tags`: what they are."""

    weights: Mapping[str, float]
    tags: Mapping[str, Tag]

    def choose_tags(self) -> list[Tag]:
        """The five that are liked most, the first of them most."""
        liked = [tag for tag in self.weights if self.weights[tag] > 0]
        return [self.tags[tag] for tag in sorted(liked, key=lambda tag: (-self.weights[tag], tag))[:MAX_TAGS]]

    def build_candidates(self) -> Filter[Vn] | None:
        """Novels with one of these; None if there is none."""
        carried = [where.VN.dtag.eq((tag.id, 0, MIN_LEVEL)) for tag in self.choose_tags()]
        return any_of(*carried) if carried else None


def find_taste(entries: Iterable[ListEntry], *, age_restricted: bool, total_vns: int) -> Taste:
    """The taste that votes show; an empty one where there are fewer than `MIN_VOTES`.

    Tags that spoil anything tell nothing, nor do sexual ones unless `age_restricted`.
    """
    voted = [(entry.vn, entry.vote / 10) for entry in entries if entry.vn is not None and entry.vote is not None]
    if len(voted) < MIN_VOTES:
        return Taste({}, {})
    mean = sum(vote for _, vote in voted) / len(voted)
    weights: dict[str, float] = defaultdict(float)
    tags: dict[str, Tag] = {}
    for vn, vote in voted:
        for tag, weight in _weigh(vn, age_restricted=age_restricted, total_vns=total_vns):
            weights[tag.id] += (vote - mean + 1) * weight
            tags[tag.id] = tag
    return Taste(dict(weights), tags)


def recommend(taste: Taste, candidates: Iterable[Vn], *, age_restricted: bool, total_vns: int) -> list[Recommendation]:
    """The candidates that suit a taste, the best first."""
    scored = (
        _judge(vn, taste, _weigh(vn, age_restricted=age_restricted, total_vns=total_vns))
        for vn in {one.id: one for one in candidates}.values()
    )
    return sorted((one for one in scored if one.score > 0), key=lambda one: (-one.score, one.vn.id))


def _judge(vn: Vn, taste: Taste, weighed: Sequence[tuple[Tag, float]]) -> Recommendation:
    shared = {tag.id: taste.weights.get(tag.id, 0.0) * weight for tag, weight in weighed}
    length = sqrt(sum(weight * weight for _, weight in weighed))
    likelihood = (vn.rating or 0.0) * max(vn.votecount, 0) ** 0.25
    score = sum(shared.values()) / sqrt(length) * likelihood if length else 0.0
    telling = sorted((tag for tag, _ in weighed if shared[tag.id] > 0), key=lambda tag: -shared[tag.id])
    # A candidate is asked for without the names of its tags; those that are liked are known by the votes.
    names = (taste.tags[tag.id].name for tag in telling)
    return Recommendation(vn, score, [name for name in names if name][:REASONS])


def _weigh(vn: Vn, *, age_restricted: bool, total_vns: int) -> list[tuple[Tag, float]]:
    return [
        (tag, tag.rating * log(total_vns / tag.vn_count))
        for tag in vn.tags
        if tag.spoils == 0 and tag.rating > 0 and (age_restricted or not tag.is_sexual) and 0 < tag.vn_count < total_vns
    ]
