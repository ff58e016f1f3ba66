"""How many hidden votes `/vn recommend` finds, beside the most popular novels that somebody has not read.

Novels and people are made: some tags are common and some novels popular, as on VNDB; each person likes five tags, reads
what is popular and what has these, and votes by them and by its rating, with noise. So the figure tells whether the
scoring finds a taste that is there, and not how well tags tell the tastes of real people.
"""

from __future__ import annotations

import random

from bot.vndb.api.model import ListEntry, Tag, Vn
from bot.vndb.api.taste import find_taste, recommend
from tests.bench.row import Row

_PEOPLE, _VOTES, _HIDDEN, _SHOWN = 200, 40, 5, 10
_NOVELS, _TAGS, _LIKED, _ASKED = 600, 120, 5, 100


async def measure_taste(seed: int) -> Row:
    """Hide five of everybody's best votes, and count those that come back among ten."""
    rng = random.Random(seed)
    novels = _make_novels(rng)
    by_votes = sorted(novels, key=lambda vn: -vn.votecount)
    found = popular = 0
    for _ in range(_PEOPLE):
        votes = _vote(novels, rng)
        hidden = {novels[place].id for place in sorted(votes, key=lambda place: -votes[place])[: 2 * _HIDDEN : 2]}
        voted = [(novels[place], vote) for place, vote in votes.items()]
        entries = [ListEntry(vn.id, vote=vote, vn=vn) for vn, vote in voted if vn.id not in hidden]
        read = {entry.id for entry in entries}
        taste = find_taste(entries, age_restricted=True, total_vns=_NOVELS)
        liked = {tag.id for tag in taste.choose_tags()}
        asked = [vn for vn in by_votes if vn.id not in read and any(tag.id in liked for tag in vn.tags)][:_ASKED]
        best = recommend(taste, asked, age_restricted=True, total_vns=_NOVELS)[:_SHOWN]
        found += sum(one.vn.id in hidden for one in best)
        popular += sum(vn.id in hidden for vn in [vn for vn in by_votes if vn.id not in read][:_SHOWN])
    total = _PEOPLE * _HIDDEN
    return Row(
        f"Hidden votes that `/vn recommend` finds among {_SHOWN} ({_PEOPLE} made people with {_VOTES} votes each,"
        f" {_HIDDEN} of the best hidden)",
        f"{found / total:.1%}",
        f"the most popular unread: {popular / total:.1%}",
        "more than the most popular",
        met=found > popular,
    )


def _make_novels(rng: random.Random) -> list[Vn]:
    weights = [1 / rank for rank in range(1, _TAGS + 1)]
    carried = [_draw(range(_TAGS), weights, rng.randint(8, 20), rng) for _ in range(_NOVELS)]
    bearers = [sum(tag in one for one in carried) for tag in range(_TAGS)]
    return [
        Vn(
            f"v{number}",
            votecount=20_000 // number,
            rating=rng.uniform(55, 90),
            tags=[
                Tag(f"g{tag}", rating=rng.uniform(1, 3), spoiler=0, category="cont", vn_count=bearers[tag])
                for tag in sorted(tags)
            ],
        )
        for number, tags in enumerate(carried, start=1)
    ]


def _vote(novels: list[Vn], rng: random.Random) -> dict[int, int]:
    """Somebody's votes, 10 to 100, by the place of the novel."""
    liked = {f"g{tag}" for tag in _draw(range(_TAGS), [1.0] * _TAGS, _LIKED, rng)}
    appeal = [sum(tag.rating for tag in vn.tags if tag.id in liked) for vn in novels]
    pull = [vn.votecount**0.5 * (1 + one) for vn, one in zip(novels, appeal, strict=True)]
    read = _draw(range(_NOVELS), pull, _VOTES, rng)
    felt = {place: (novels[place].rating or 0) - 10 + 5 * appeal[place] + rng.gauss(0, 8) for place in sorted(read)}
    return {place: round(min(max(one, 10), 100)) for place, one in felt.items()}


def _draw(among: range, weights: list[float], number: int, rng: random.Random) -> set[int]:
    """That many different ones, likelier by weight."""
    return set(sorted(among, key=lambda one: rng.random() ** (1 / weights[one]), reverse=True)[:number])
