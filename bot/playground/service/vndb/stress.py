"""Sample entries that are too long, too many, empty or strangely written. Their ids are those of tests.

`v90001` has very much of everything, `v90002` nothing at all, `v90003` is written from right to left, `v90004` and
all that belongs to it is named in Discord's own signs; `v90101` to
`v90111` are there to be related and listed.
They have few votes and no rating.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bot.playground.service.vndb.data import FIRST_FOR_TESTS, Applied, Flags, Library, Novel, Producer, Tag
from bot.playground.service.vndb.entry import (
    Appearance,
    AppliedTrait,
    Character,
    Credit,
    Detail,
    Edition,
    Image,
    Quote,
    Relation,
    Release,
    ReleaseImage,
    ReleaseLanguage,
    ReleaseNovel,
    ReleaseProducer,
    Screenshot,
    Staff,
    StaffAlias,
    Trait,
    Voice,
)
from bot.playground.service.vndb.link import Link
from bot.playground.service.vndb.made import make_reader

HUGE, EMPTY, RIGHT_TO_LEFT, MARKED = "v90001", "v90002", "v90003", "v90004"
MAKER = "p90002"
MARKUP = "@everyone <@1> **x** ||y|| [a](http://b)"
_LONG = "Abyssal Omnibus "
_LANGUAGES = ("ja", "en", "zh-Hans", "ru", "es", "fr", "de", "ko")
_PLATFORMS = ("win", "lin", "mac", "swi", "ps4", "psv", "and", "ios")
_STAFF_ROLES = ("scenario", "director", "chardesign", "art", "music", "songs", "translator", "editor", "qa", "staff")


def add_stress(library: Library) -> Library:
    """The library with all of it, and the list of AyaReads over what is not for tests."""
    tags = [Tag(f"g{90_000 + n}", f"Invented Tag {n}", "ero" if n % 10 == 9 else "cont", [], True, True, "Invented.")
            for n in range(1, 301)]  # fmt: skip
    tags.append(Tag("g90999", f"Tag {MARKUP}", "cont", [MARKUP], True, True, MARKUP))
    fillers = [_make_novel(f"v{90_100 + n}", f"Omnibus Annex {n}") for n in range(1, 12)]
    huge = _make_huge(tags)
    novels = [*library.vn, huge, *_make_odd(), *fillers]
    known = [one for one in library.vn if one.number < FIRST_FOR_TESTS]
    reader = make_reader(known)
    joined = msgspec.structs.replace(
        library,
        tags=[*library.tags, *tags],
        traits=[*library.traits, Trait("i90001", f"Trait {MARKUP}", "i41")],
        producers=[
            *library.producers,
            Producer(MAKER, "Omnibus Workshop", None, "en", "co"),
            Producer("p90001", f"Producer {MARKUP}", None, "en", "ng", [MARKUP], MARKUP),
        ],
        vn=sorted(novels, key=lambda one: one.number),
        relations=[*library.relations, *_relate([*_find_unknown(library.vn), *fillers])],
        users=[*library.users, reader],
    )
    return _add_people(_add_releases(joined))


def _make_novel(id: str, title: str) -> Novel:  # noqa: A002 - the API's name
    return Novel(
        id, title, "en", "2024-05-05", 0, [MAKER], ["en"], ["win"], 1, 0, None, 1, None, None, [], None, "Invented."
    )  # fmt: skip


def _make_huge(tags: Sequence[Tag]) -> Novel:
    applied = [
        Applied(tag.id, round(3 - n / 110, 2), n % 3 if n % 5 == 0 else 0, n % 50 == 49)
        for n, tag in enumerate(tags[:300])
    ]
    return msgspec.structs.replace(
        _make_novel(HUGE, (_LONG * 16)[:247] + "..."),
        languages=list(_LANGUAGES),
        platforms=list(_PLATFORMS),
        aliases=[f"Omnibus Alias {n}" for n in range(30)],
        tags=applied,
        image=Flags(0, 0, 9),
        description="It goes on. [spoiler]And on.[/spoiler] " * 150,
        length=5,
    )


def _make_odd() -> list[Novel]:
    empty = Novel(EMPTY, "Blank", "en", None, 1, [], [], [], None, 0, None, 0, None, None, [], None, None)
    right = msgspec.structs.replace(
        _make_novel(RIGHT_TO_LEFT, "סיפור לדוגמה: הלילה הארוך"),
        olang="he",
        languages=["he"],
        description="תיאור לדוגמה.",
    )
    marked = msgspec.structs.replace(
        _make_novel(MARKED, f"🎴👩‍👩‍👧‍👦 {MARKUP}"),
        aliases=[MARKUP],
        developers=["p90001"],
        tags=[Applied("g90999", 2.5, 0)],
        description=MARKUP,
    )
    return [empty, right, marked]


def _find_unknown(novels: Sequence[Novel]) -> list[Novel]:
    # The well-known ones keep the relations that they have.
    return sorted(novels, key=lambda one: (one.votecount, one.number))[:89]


def _relate(others: Sequence[Novel]) -> list[Relation]:
    kinds = ("seq", "side", "ser", "char", "alt", "fan")
    return [Relation(HUGE, kinds[n % 6], one.id, n % 4 != 3) for n, one in enumerate(others)]


def _add_releases(library: Library) -> Library:
    huge = [
        Release(
            f"r{90_000 + n}",
            f"Abyssal Omnibus, Release {n}",
            f"{1990 + n // 3}-{1 + n % 12:02}-{1 + n % 28:02}" if n % 7 else (None, "TBA", str(2000 + n))[n % 3],
            [ReleaseLanguage(lang, f"Abyssal Omnibus, Release {n}") for lang in _LANGUAGES[n % 8 :][:3]],
            [ReleaseNovel(HUGE, ("complete", "partial", "trial")[n % 3])],
            platforms=[_PLATFORMS[n % 8]],
            media=[("in", 0), ("dvd", n)],
            producers=[ReleaseProducer(MAKER, developer=True, publisher=n % 2 == 0)],
            images=[ReleaseImage("pkgfront", Image(900_000 + n, 0, 0, n % 12), HUGE)],
            minage=n % 19,
            official=n % 4 != 3,
            extlinks=[Link("steam", str(9_000_000 + n)), Link("itch", f"sample.itch.io/release-{n}")],
        )
        for n in range(1, 81)
    ]
    marked = Release(
        "r90901", f"Release {MARKUP}", "2024-05-05", [ReleaseLanguage("en", MARKUP)], [ReleaseNovel(MARKED)],
        producers=[ReleaseProducer("p90001", developer=True, publisher=True)], notes=MARKUP, engine=MARKUP,
    )  # fmt: skip
    nothing = Release("r90902", "Blank", None, [ReleaseLanguage("en", "Blank")], [ReleaseNovel(EMPTY, "partial")])
    detail = Detail(
        editions=[Edition(1, "en", "Annotated", True), Edition(2, None, MARKUP, False)],
        screenshots=[
            Screenshot(
                Image(900_000 + n, *((0, 0, 9), (0.9, 0, 9), (2, 0, 9), (0, 1.8, 9), (0, 0, 0))[n % 5]), "r90001"
            )
            for n in range(60)
        ],
        extlinks=[Link("renai", "abyssal-omnibus")],
    )
    return msgspec.structs.replace(
        library, releases=[*library.releases, *huge, marked, nothing], details=library.details | {HUGE: detail}
    )


def _add_people(library: Library) -> Library:
    cast = [
        Character(
            f"c{90_000 + n}",
            f"Omnibus Person {n}",
            [Appearance(HUGE, ("main", "primary", "side", "appears")[min(3, n // 20)], n % 3 if n % 10 == 0 else 0)],
            image=Image(900_000 + n, 0, 0, n % 9),
            traits=[AppliedTrait("i45"), AppliedTrait("i301", n % 3)],
        )
        for n in range(1, 121)
    ]
    marked = Character(
        "c90901", f"Character {MARKUP}", [Appearance(MARKED, "main")], aliases=[MARKUP], description=MARKUP,
        image=Image(900_901, 2, 2, 9), traits=[AppliedTrait("i90001")],
    )  # fmt: skip
    blank = Character("c90902", "Blank", [Appearance(EMPTY, "appears")])
    staff = [Staff(f"s{90_000 + n}", "en", [StaffAlias(90_000 + n, f"Omnibus Worker {n}")]) for n in range(1, 121)]
    odd = Staff("s90901", "en", [StaffAlias(90_901, f"Staff {MARKUP}")], description=MARKUP)
    return msgspec.structs.replace(
        library,
        characters=[*library.characters, *cast, marked, blank],
        staff=[*library.staff, *staff, odd],
        credits=[
            *library.credits,
            *(Credit(HUGE, 90_000 + n, _STAFF_ROLES[n % 10], None, (None, 1, 2)[n % 3]) for n in range(1, 61)),
            Credit(MARKED, 90_901, "scenario", MARKUP),
        ],
        voices=[
            *library.voices,
            *(Voice(HUGE, 90_060 + n, f"c{90_000 + n}") for n in range(1, 61)),
            Voice(MARKED, 90_901, "c90901", MARKUP),
        ],
        quotes=[
            *library.quotes,
            *(Quote(f"q{90_000 + n}", HUGE, f"This is line {n}, and there are more.", -n) for n in range(1, 41)),
            Quote("q90901", MARKED, MARKUP, 0, "c90901"),
        ],
    )
