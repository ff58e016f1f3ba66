"""Well-formed but odd records of AniList for property tests: nulls, huge lists, long, right-to-left and hostile text.

The marks are those of `tests.vndb.strategies`: what is not for everybody, gives something away or is no safe picture
says so in its own name or address, and `check_page` looks for it.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec
from hypothesis import strategies as st

from bot.anime.api.model import (
    Airing,
    AiringEpisode,
    AnimeUser,
    Appearance,
    CastMember,
    Character,
    Cover,
    Credit,
    ExternalLink,
    FuzzyDate,
    ListEntry,
    Media,
    MediaRow,
    MediaTag,
    Name,
    Person,
    Picture,
    Ranking,
    Related,
    Studio,
    Title,
    Trailer,
    UserStats,
)
from bot.service.record import Found
from tests.vndb.strategies import HIDDEN, SEXUAL, SPOILERS, UNSAFE, maybe_words, words

T = TypeVar("T")
R = TypeVar("R", bound=MediaRow)

numbers = st.one_of(st.none(), st.integers(-5, 120), st.integers(0, 10**12))
ids = st.one_of(st.integers(1, 200_000), st.sampled_from([0, -1, 10**12]))
urls = st.one_of(
    st.none(), words, st.sampled_from(["https://i.example/1.jpg", "https://", "https://i/" + "x" * 3000, "//x.example"])
)
_openings = st.sampled_from(["~!", "<span class='markdown_spoiler'><span>"])


def _cover(text: str, opening: str, rest: str) -> str:
    return f"{text} {opening}{HIDDEN}{rest}"


descriptions = st.one_of(
    st.none(),
    words,
    words.map(lambda text: f"{text}<br>\n" * 30),
    st.builds(_cover, words, _openings, words),
    st.tuples(words, words).map(lambda pair: f"{pair[0]} ~!{HIDDEN}!~ {pair[1]}"),
)
dates = st.builds(FuzzyDate, year=numbers, month=numbers, day=numbers)
pictures = st.builds(Picture, large=urls, medium=urls)
covers = st.builds(
    Cover, extra_large=urls, large=urls, medium=urls, color=st.one_of(st.sampled_from(["#e4a15d", "#x"]), maybe_words)
)
names = st.builds(
    Name,
    full=maybe_words,
    native=maybe_words,
    alternative=st.lists(words, max_size=30),
    alternative_spoiler=st.lists(words.map(lambda text: f"{SPOILERS[2]} {text}"), max_size=3),
)


def _name_tag(tag: MediaTag) -> MediaTag:
    spoils = tag.is_media_spoiler is not False or tag.is_general_spoiler is not False
    marks = f"{SPOILERS[2] if spoils else ''} {'' if tag.is_adult is False else SEXUAL}"
    return msgspec.structs.replace(tag, name=f"{marks} {tag.name}")


maybe = st.one_of(st.none(), st.booleans())
tags = st.builds(
    MediaTag, name=words, rank=numbers, is_media_spoiler=maybe, is_general_spoiler=maybe, is_adult=maybe
).map(_name_tag)
titles = st.builds(Title, romaji=maybe_words, english=maybe_words, native=maybe_words)
_row_fields = {
    "id": ids,
    "id_mal": st.one_of(st.none(), ids),
    "type": st.sampled_from(["ANIME", "MANGA", None, "OTHER"]),
    "title": titles,
    "is_adult": maybe,
    "format": st.one_of(st.sampled_from(["TV", "MANGA", "NEW_KIND"]), maybe_words),
    "status": st.one_of(st.sampled_from(["RELEASING", "HIATUS"]), maybe_words),
    "season": st.one_of(st.just("SPRING"), maybe_words),
    "season_year": numbers,
    "start_date": dates,
    "episodes": numbers,
    "chapters": numbers,
    "volumes": numbers,
    "average_score": numbers,
    "popularity": numbers,
    "genres": st.lists(words, max_size=20),
    "tags": st.lists(tags, max_size=20),
    "cover_image": covers,
    "next_airing_episode": st.one_of(
        st.none(), st.builds(Airing, episode=st.integers(-1, 10**9), airing_at=st.integers(-1, 10**15))
    ),
}


def _mark(row: R) -> R:
    """Say in the title and the pictures of a work that it is not for everybody."""
    if row.is_adult is False:
        return row
    title = Title(romaji=f"{SEXUAL} {row.title.romaji}", native=f"{SEXUAL} {row.title.native}")
    cover = Cover(large=f"https://i.example/{UNSAFE}.jpg" if row.cover_image.large else None)
    return msgspec.structs.replace(row, title=title, cover_image=cover)


@st.composite
def _draw_row(draw: st.DrawFn) -> MediaRow:
    return _mark(draw(st.builds(MediaRow, **_row_fields)))


rows = _draw_row()

studios = st.builds(Studio, id=ids, name=words, is_animation_studio=maybe, best=st.one_of(st.none(), rows))


def many(of: st.SearchStrategy[T], at_most: int = 40) -> st.SearchStrategy[list[T]]:
    """Lists of few and of many, the many being copies."""
    few = st.lists(of, max_size=3)
    return st.one_of(few, few.map(lambda items: (items * at_most)[:at_most]))


links = st.builds(
    ExternalLink,
    site=words,
    url=urls,
    type=st.one_of(st.sampled_from(["STREAMING", "INFO", "SOCIAL"]), maybe_words),
    language=maybe_words,
)


@st.composite
def _draw_media(draw: st.DrawFn) -> Media:
    drawn = draw(
        st.builds(
            Media,
            **_row_fields,
            description=descriptions,
            end_date=dates,
            duration=numbers,
            source=st.one_of(st.just("VISUAL_NOVEL"), maybe_words),
            synonyms=st.lists(words, max_size=40),
            favourites=numbers,
            rankings=st.lists(
                st.builds(Ranking, rank=st.integers(-1, 10**9), context=words, all_time=maybe, year=numbers), max_size=5
            ),
            studios=st.lists(studios, max_size=8),
            trailer=st.one_of(
                st.none(),
                st.builds(Trailer, id=maybe_words, site=st.sampled_from(["youtube", None, "elsewhere"])),
                st.just(Trailer(id="abc_-1", site="youtube")),
            ),
            external_links=many(links),
            related=many(
                st.builds(Related, media=rows, relation=st.one_of(st.sampled_from(["SEQUEL", "SOURCE"]), maybe_words))
            ),
        )
    )
    return _mark(drawn)


media = _draw_media()
characters = st.builds(
    Character,
    id=ids,
    name=names,
    image=pictures,
    description=descriptions,
    gender=maybe_words,
    age=maybe_words,
    date_of_birth=dates,
    blood_type=maybe_words,
    favourites=numbers,
    is_adult=maybe,
    is_safe=st.booleans(),
    best_known=titles,
)
people = st.builds(
    Person,
    id=ids,
    name=names,
    image=pictures,
    language_v2=maybe_words,
    primary_occupations=st.lists(words, max_size=5),
    description=descriptions,
    gender=maybe_words,
    age=numbers,
    date_of_birth=dates,
    home_town=maybe_words,
    favourites=numbers,
)
cast = st.builds(CastMember, character=characters, role=maybe_words, voices=st.lists(people, max_size=3))
credit = st.builds(Credit, person=people, role=maybe_words)
appearances = st.builds(Appearance, media=rows, role=st.one_of(st.just("MAIN"), maybe_words))
episodes = st.builds(AiringEpisode, media=rows, episode=st.integers(-1, 10**9), airing_at=st.integers(-1, 10**15))
stats = st.builds(
    UserStats, count=st.integers(-1, 10**9), mean_score=st.floats(), minutes_watched=numbers, episodes_watched=numbers
)
users = st.builds(AnimeUser, id=ids, name=st.one_of(st.just("reader"), words), anime=stats, manga=stats)
entries = st.builds(
    ListEntry,
    media=rows,
    status=st.one_of(st.sampled_from(["CURRENT", "COMPLETED"]), maybe_words),
    score=st.one_of(st.floats(0, 100), st.floats()),
    progress=st.integers(-1, 10**9),
)


@st.composite
def found(draw: st.DrawFn, of: st.SearchStrategy[T]) -> Found[T]:
    """Pages of what a query found."""
    return Found(draw(many(of)), more=draw(st.booleans()), age_s=draw(st.floats(0, 1e7)), stale=draw(st.booleans()))
