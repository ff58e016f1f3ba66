"""Well-formed but odd galleries for property tests: nothing known, hundreds of tags, long and hostile text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.gallery.api.model import Gallery, GalleryKey, Torrent
from bot.gate.rules import Rules
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from tests.support.choose import choose

FOREIGN = "Zforeign"
"""In every text that a person wrote, between all that markdown has."""

_HOSTILE = [
    "@everyone",
    "@here",
    "<@123>",
    "<@&5>",
    f"||{FOREIGN}||",
    f"[{FOREIGN}](<https://evil.example>)",
    "<https://evil.example>",
    "`",
    "```",
    "*",
    "__",
    "\\",
    "\n",
    "# ",
    "> ",
    "- ",
    "1. ",
    "<t:0:D>",
    "\u202e",
    "\u0301",
    "シ",
    "👩‍👩‍👧",
]
_any_words = st.one_of(
    st.text(max_size=20),
    st.lists(st.sampled_from(_HOSTILE), max_size=8).map("".join),
    st.lists(st.sampled_from(_HOSTILE), min_size=1, max_size=4).map(lambda pieces: ("".join(pieces) * 300)[:300]),
    st.sampled_from(
        ["", " ", "W" * 400, "*" * 400, "シ" * 400, "👩‍👩‍👧" * 80, "[Someone] A quiet afternoon [English]"]
    ),
)


# Composed, and so with a short name: Hypothesis writes the whole of what it draws from, which would be too much.
@st.composite
def _draw_words(draw: st.DrawFn) -> str:
    return draw(_any_words)


words = _draw_words()
keys = st.builds(
    GalleryKey,
    gid=st.one_of(st.integers(1, 9_999_999), st.just(10**10)),
    token=st.text("0123456789abcdef", min_size=10, max_size=10),
)
moments = st.one_of(
    st.none(),
    st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),  # noqa: DTZ001
)
numbers = st.one_of(st.integers(-1, 3000), st.integers(0, 10**13))
torrents = st.builds(Torrent, hash=st.just("0" * 40), name=words, added=moments, size_bytes=numbers)
_namespaces = st.one_of(
    st.sampled_from(["language", "artist", "group", "parody", "character", "cosplayer", "female", "male", "mixed"]),
    st.sampled_from(["other", "location", "reclass", "temp", ""]),
    words,
)


@st.composite
def _draw_tags(draw: st.DrawFn) -> Mapping[str, tuple[str, ...]]:
    few = st.dictionaries(_namespaces, st.lists(words, max_size=5).map(tuple), max_size=14)
    tags = draw(few)
    if draw(st.booleans()):
        return tags
    # Hundreds of them, since a list of that length is never drawn.
    more = {
        namespace: tuple(f"{name[:30]} {number}" for number in range(60) for name in names)
        for namespace, names in tags.items()
    }
    return more | {f"space {number}": ("one", "two") for number in range(draw(st.sampled_from([0, 90])))}


@st.composite
def galleries(draw: st.DrawFn) -> Gallery:
    """Galleries of every category, with and without all that may be missing."""
    categories = st.one_of(st.sampled_from(["Doujinshi", "Non-H", "Private", "Misc", ""]), words)
    thumbs = st.sampled_from([None, "https://ehgt.org/t/aa/1.jpg", "https://ehgt.org/" + "x" * 3000])
    # The versions of a gallery are others, and each is named once.
    key, *versions = draw(st.lists(keys, min_size=4, max_size=4, unique_by=lambda key: key.gid))
    newer, older, first = (version if draw(st.booleans()) else None for version in versions)
    return Gallery(
        key=key,
        title=draw(words),
        title_jpn=draw(words),
        category=draw(categories),
        uploader=draw(words),
        posted=draw(moments),
        pages=draw(numbers),
        size_bytes=draw(numbers),
        rating=draw(st.one_of(st.none(), st.floats(0, 5))),
        expunged=draw(st.booleans()),
        tags=draw(_draw_tags()),
        thumb=draw(thumbs),
        torrent_count=draw(numbers),
        torrents=tuple(draw(st.lists(torrents, max_size=4)) * draw(st.sampled_from([1, 1, 12]))),
        newer=newer,
        older=older,
        first=first,
    )


@st.composite
def cards(draw: st.DrawFn) -> Card[Gallery]:
    """Galleries with an age."""
    return Card(draw(galleries()), age_s=draw(st.floats(0, 1e7)), stale=draw(st.booleans()))


viewers = st.builds(
    Viewer,
    asker_id=st.integers(1, 2**63),
    age_restricted=st.booleans(),
    rules=st.sampled_from([Rules(), Rules(server=choose(title_language="native"))]),
)
