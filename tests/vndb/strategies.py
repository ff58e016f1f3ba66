"""Well-formed but odd records of VNDB for property tests: nulls, huge lists, long, right-to-left and hostile text.

What is above a spoiler level, sexual, or not safe says so in its own name or address, so that a test can look for it.
"""

from __future__ import annotations

from typing import TypeVar, get_args

import msgspec
from hypothesis import strategies as st

from bot.gate.rules import Rules
from bot.gate.setting import ImageLevel
from bot.navigation.address import Address
from bot.navigation.frame import PageView, Shown, Trail
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.service.image import Image
from bot.service.record import Card, Found
from bot.vndb.api.model import (
    Character,
    CharacterVn,
    Link,
    Medium,
    Producer,
    Quote,
    Release,
    ReleaseImage,
    ReleaseProducer,
    ReleaseTitle,
    ReleaseVn,
    Staff,
    StaffAlias,
    Tag,
    Trait,
    User,
    Vn,
)
from tests.support.choose import choose
from tests.support.discord_limits import check_view, lay_out, read_pictures, read_texts

T = TypeVar("T", bound=msgspec.Struct)

UNSAFE = "unsafe-picture"
"""In the address of every picture that is not known to be safe."""
SEXUAL = "Zsexual"
"""In the name of every sexual tag and trait."""
SPOILERS = ("Zopen", "Zminor", "Zmajor")
"""In the names of what needs that spoiler level."""
HIDDEN = "Zcovered"
"""In what a description hides."""

_MARKS = ["@everyone", "<@123>", "<@&5>", "*", "_", "\\", "`", "```", "||", "\n", "# ", "> ", "](", "x"]
_CODES = ["[a](https://evil.example)", "[url=https://x.example]", "[b]", "[/b]", "[quote]"]
_SCRIPTS = ["👩‍👩‍👧", "シ", "مرحبا", "\u202e", "\u0301"]
hostile = st.lists(st.sampled_from([*_MARKS, *_CODES, *_SCRIPTS]), max_size=10).map("".join)
_any_words = st.one_of(
    st.text(max_size=20),
    hostile,
    st.one_of(st.text(min_size=1, max_size=5), hostile).map(lambda text: (text * 250)[:250]),
    st.sampled_from(["W" * 250, "シ" * 250, "*" * 250, "", " "]),
)


# Composed, and so with a short name: Hypothesis writes the whole of what it draws from, which would be too much.
@st.composite
def _draw_words(draw: st.DrawFn) -> str:
    return draw(_any_words)


words = _draw_words()
maybe_words = st.one_of(st.none(), words)
_any_descriptions = st.one_of(
    st.none(),
    words,
    words.map(lambda text: (text + "\n") * 30),
    st.tuples(words, words).map(lambda pair: f"{pair[0]} [spoiler]{HIDDEN}[/spoiler] {pair[1]}"),
    st.just(f"[spoiler]{HIDDEN}"),
)


@st.composite
def _draw_description(draw: st.DrawFn) -> str | None:
    return draw(_any_descriptions)


descriptions = _draw_description()
numbers = st.one_of(st.none(), st.floats(), st.floats(10, 100))
counts = st.one_of(st.integers(-5, 100), st.integers(0, 10**12))
maybe_counts = st.one_of(st.none(), counts)
dates = st.one_of(
    st.none(), st.sampled_from(["TBA", "2027", "2027-04", "2004-04-28", "2004-13-40", "0000-00-00"]), words
)
codes = st.one_of(st.sampled_from(["ja", "en", "zh-Hans", "win", "ps3", ""]), words)
maybe_codes = st.one_of(st.none(), codes)


def ids(prefix: str) -> st.SearchStrategy[str]:
    """Ids with that prefix, and now and then something that is none."""
    return st.one_of(st.integers(1, 9_999_999).map(f"{prefix}{{}}".format), st.sampled_from(["", f"{prefix}0", "~:"]))


def some(of: st.SearchStrategy[T], *, unless: str | None = None) -> st.SearchStrategy[list[T]]:
    """Lists of few and of very many; `unless` names a field that numbers the copies."""
    few = st.lists(of, max_size=4)
    return st.one_of(few, few.map(lambda items: copy(items, field=unless)))


def copy(items: list[T], *, field: str | None = "id") -> list[T]:
    """Eighty times as many, with ids of their own."""
    if field is None:
        return items * 80
    return [
        msgspec.structs.replace(item, **{field: f"{getattr(item, field)[:1] or 'x'}{number}"})
        for number, item in enumerate(items * 80, 1)
    ]


def _mark(image: Image) -> Image:
    return image if image.is_safe else msgspec.structs.replace(image, url=_spoil(image.url), thumbnail=None)


def _spoil(url: str) -> str:
    return f"https://i.example/{UNSAFE}.jpg" if url.startswith("https://") else url


def _build_images(kind: type[T], **more: st.SearchStrategy[object]) -> st.SearchStrategy[T]:
    return st.builds(
        kind,
        url=st.one_of(
            st.just("https://i.example/1.jpg"), words, st.just("https://"), st.just("https://i/" + "x" * 3000)
        ),
        sexual=st.one_of(st.none(), st.floats(), st.floats(0, 0.4), st.just(0.0)),
        violence=st.one_of(st.none(), st.floats(), st.floats(0, 0.4), st.just(0.0)),
        votecount=st.integers(-2, 9),
        thumbnail=st.one_of(st.none(), st.just("https://i.example/t.jpg"), words),
        **more,
    )


images = _build_images(Image).map(_mark)
maybe_images = st.one_of(st.none(), images)
links = st.builds(
    Link,
    url=st.one_of(st.just("https://shop.example/1"), words, st.just("javascript:alert(1)"), st.just("//x.example")),
    label=words,
    name=words,
)
spoiler_levels = st.integers(-1, 4)


def _name_level(level: int) -> str:
    return SPOILERS[level] if level in {0, 1} else SPOILERS[2]


def _name_tag(tag: Tag) -> Tag:
    name = f"{_name_level(tag.spoils)} {SEXUAL if tag.is_sexual else ''} {tag.name}"
    return msgspec.structs.replace(tag, name=name)


def _name_trait(trait: Trait) -> Trait:
    name = f"{_name_level(trait.spoils)} {SEXUAL if trait.sexual else ''} {trait.name}"
    return msgspec.structs.replace(trait, name=name)


def _name_novel(novel: CharacterVn) -> CharacterVn:
    return msgspec.structs.replace(novel, title=f"{_name_level(novel.spoiler)} {novel.title}")


tags = st.builds(
    Tag,
    id=ids("g"),
    name=words,
    rating=st.floats(),
    spoiler=spoiler_levels,
    lie=st.booleans(),
    category=st.sampled_from(["cont", "tech", "ero", "", "new"]),
    aliases=st.lists(words, max_size=4),
    description=descriptions,
    vn_count=counts,
).map(_name_tag)
traits = st.builds(
    Trait,
    id=ids("i"),
    name=words,
    spoiler=spoiler_levels,
    lie=st.booleans(),
    sexual=st.booleans(),
    aliases=st.lists(words, max_size=4),
    description=descriptions,
    group_id=st.none(),
    group_name=st.one_of(st.sampled_from(["Hair", "Eyes"]), maybe_words),
    char_count=counts,
).map(_name_trait)
producers = st.builds(
    Producer,
    id=ids("p"),
    name=words,
    original=maybe_words,
    aliases=st.one_of(st.lists(words, max_size=4), st.lists(words, max_size=3).map(lambda found: found * 40)),
    lang=maybe_codes,
    type=st.one_of(st.sampled_from(["co", "in", "ng"]), maybe_codes),
    description=descriptions,
    extlinks=some(links, unless="label"),
)
novels = st.builds(
    Vn,
    id=ids("v"),
    title=words,
    alttitle=maybe_words,
    olang=maybe_codes,
    devstatus=maybe_counts,
    released=dates,
    languages=st.lists(codes, max_size=4),
    platforms=st.lists(codes, max_size=4),
    image=maybe_images,
    length=maybe_counts,
    length_minutes=maybe_counts,
    length_votes=counts,
    description=descriptions,
    rating=numbers,
    votecount=counts,
    developers=st.lists(producers, max_size=2),
    tags=st.lists(tags, max_size=2),
)
character_novels = st.builds(
    CharacterVn,
    id=ids("v"),
    title=words,
    released=dates,
    rating=numbers,
    votecount=counts,
    spoiler=spoiler_levels,
    role=st.one_of(st.sampled_from(["main", "primary", "side", "appears"]), words),
    release=st.one_of(st.none(), st.builds(Release, id=ids("r"), title=words)),
).map(_name_novel)
_sexes = st.one_of(
    st.none(), st.lists(st.one_of(st.none(), st.sampled_from(["m", "f", "b", "n", "o", "a"]), words), max_size=3)
)
characters = st.builds(
    Character,
    id=ids("c"),
    name=words,
    original=maybe_words,
    aliases=st.lists(words.map(lambda text: f"{SPOILERS[2]} {text}"), max_size=30),
    description=descriptions,
    image=maybe_images,
    blood_type=maybe_codes,
    height=maybe_counts,
    weight=maybe_counts,
    bust=maybe_counts,
    waist=maybe_counts,
    hips=maybe_counts,
    cup=maybe_words,
    age=maybe_counts,
    birthday=st.one_of(st.none(), st.lists(st.integers(-1, 40), max_size=3)),
    sex=_sexes,
    gender=_sexes,
    vns=some(character_novels, unless="id"),
    traits=some(traits, unless="id"),
)
release_images = _build_images(
    ReleaseImage,
    type=st.one_of(st.sampled_from(["pkgfront", "dig", "pkgback"]), words),
    languages=st.one_of(st.none(), st.lists(codes, max_size=3)),
).map(_mark)
releases = st.builds(
    Release,
    id=ids("r"),
    title=words,
    alttitle=maybe_words,
    languages=some(
        st.builds(ReleaseTitle, lang=codes, title=maybe_words, mtl=st.booleans(), main=st.booleans()), unless="lang"
    ),
    platforms=st.lists(codes, max_size=4).map(lambda found: found * 4),
    media=some(st.builds(Medium, medium=codes, qty=counts)),
    vns=some(st.builds(ReleaseVn, id=ids("v"), title=words, rtype=codes), unless="id"),
    producers=some(
        st.builds(ReleaseProducer, id=ids("p"), name=words, developer=st.booleans(), publisher=st.booleans()),
        unless="id",
    ),
    images=some(release_images, unless="id"),
    released=dates,
    minage=maybe_counts,
    patch=st.booleans(),
    freeware=st.booleans(),
    uncensored=st.one_of(st.none(), st.booleans()),
    official=st.booleans(),
    has_ero=st.booleans(),
    resolution=st.one_of(st.none(), words, st.lists(counts, max_size=3)),
    engine=maybe_words,
    voiced=maybe_counts,
    notes=descriptions,
    gtin=maybe_words,
    catalog=maybe_words,
    extlinks=some(links, unless="label"),
)
staff = st.builds(
    Staff,
    id=ids("s"),
    name=words,
    original=maybe_words,
    lang=maybe_codes,
    gender=maybe_codes,
    description=descriptions,
    extlinks=some(links, unless="label"),
    aliases=some(st.builds(StaffAlias, name=words, latin=maybe_words, ismain=st.booleans()), unless="name"),
)
parts = st.builds(
    CharacterVn,
    id=st.sampled_from(["v17", "v17", "v18"]),
    role=st.one_of(st.sampled_from(["main", "primary", "side", "appears"]), words),
    spoiler=spoiler_levels,
)


def _name_by_part(character: Character) -> Character:
    levels = [part.spoiler if part.spoiler in {0, 1} else 2 for part in character.vns if part.id == "v17"]
    mark = SPOILERS[min(levels, default=2)]
    original = None if character.original is None else f"{mark} {character.original}"
    return msgspec.structs.replace(character, name=f"{mark} {character.name}", original=original)


cast = st.builds(
    Character,
    id=ids("c"),
    name=words,
    original=maybe_words,
    image=maybe_images,
    sex=st.one_of(st.none(), st.lists(st.one_of(st.none(), st.sampled_from(["m", "f"]), words), max_size=3)),
    vns=st.lists(parts, max_size=3),
).map(_name_by_part)
"""Characters named after the spoiler level from which on it may be known that they are in v17."""
quotes = st.builds(
    Quote,
    id=ids("q"),
    quote=st.one_of(words, words.map(lambda text: (text + "\n") * 60)),
    score=counts,
    vn=st.just(Vn("v17")) | st.builds(msgspec.structs.replace, novels, id=st.just("v17")),
    character=st.one_of(st.none(), cast),
)
"""Quotes from v17."""
users = st.builds(User, id=ids("u"), username=words, lengthvotes=counts, lengthvotes_sum=counts)
viewers = st.builds(
    Viewer,
    asker_id=st.integers(1, 2**63),
    age_restricted=st.booleans(),
    rules=st.sampled_from([Rules(server=choose(image_level=level)) for level in get_args(ImageLevel)]),
)


def addresses(place: str) -> st.SearchStrategy[Address]:
    """Pages at that place, of any number and spoiler level."""
    page_numbers = st.one_of(st.integers(1, 5), st.integers(1, 999_999))
    return st.builds(Address, st.just(place), page_numbers, st.integers(0, 2))


@st.composite
def cards(draw: st.DrawFn, of: st.SearchStrategy[T]) -> Card[T]:
    """Entries with an age."""
    return Card(draw(of), age_s=draw(st.floats(0, 1e7)), stale=draw(st.booleans()))


@st.composite
def found(draw: st.DrawFn, of: st.SearchStrategy[T]) -> Found[T]:
    """Pages of what a query found."""
    total = draw(st.one_of(st.none(), st.integers(0, 10**6)))
    return Found(draw(some(of, unless="id")), more=draw(st.booleans()), count=total)


TRAIL = Trail(Address("list/v/rating", 3, 1), Address("random/v"), "https://vndb.org/v?f=0ab")


def check_page(page: Shown | PageView, *, viewer: Viewer, spoiler: int = 0, levels: bool = True) -> None:
    """Fails where Discord refuses the page, or where something stands on it that may not stand there.

    It fails as well where all spoilers are shown, and more of them are offered.

    Without `levels`, the names that say which spoiler level they need are passed over.
    """
    check_view(lay_out(page, trail=TRAIL))
    text = read_texts(page)
    above = SPOILERS[spoiler + 1 :]
    assert not (levels and [mark for mark in above if mark in text])
    assert spoiler >= 2 or HIDDEN not in text
    assert spoiler < 2 or not [one for one in walk(check_view(page)) if str(one.get("custom_id")).startswith("see:")]
    pictures = read_pictures(page)
    assert all(is_spoiler for url, is_spoiler in pictures if UNSAFE in url)
    if not viewer.age_restricted:
        assert SEXUAL not in text
        assert not [url for url, _ in pictures if UNSAFE in url]
