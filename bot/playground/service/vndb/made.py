"""Sample entries that are made rather than written: what every novel has, and what is new on any day.

All of it follows from the novels and the day, so it is the same at every start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec

from bot.playground.service.vndb.data import FIRST_FOR_TESTS, Library, Novel
from bot.playground.service.vndb.entry import (
    Appearance,
    AppliedTrait,
    Character,
    Credit,
    Detail,
    Image,
    Listed,
    Release,
    ReleaseImage,
    ReleaseLanguage,
    ReleaseNovel,
    ReleaseProducer,
    Screenshot,
    Staff,
    StaffAlias,
    User,
)
from bot.playground.service.vndb.link import Link

# Days from today on which something comes out or came out.
_DAYS = (-90, -60, -45, -30, -21, -14, -10, -7, -5, -3, -2, -1, 0, 1, 2, 5, 7, 9, 14, 20, 28, 35, 50, 75, 110, 160, 230)
_FAMILY = (
    "Kisaragi", "Mizuno", "Hasegawa", "Kanda", "Shirase", "Esumi", "Otonashi", "Takamine", "Nishijima", "Yukimura",
)  # fmt: skip
_GIVEN = (
    "Ai", "Benio", "Chiyo", "Daichi", "Emi", "Fuyu", "Gin", "Haru", "Itsuki", "Juri", "Kai", "Lena", "Mio", "Nao",
    "Orie", "Hina", "Kuon", "Rei", "Sumi", "Taro", "Uta", "Mai", "Wako", "Sen", "Yui", "Zen",
)  # fmt: skip
_ROLES = ("main", "primary", "side")
_TRAITS = ("i2", "i4", "i5", "i6", "i8", "i36", "i37", "i42", "i43", "i45", "i46", "i72", "i102", "i122")
# What people thought of the pictures: nothing in it, undecided, explicit, bloody, nobody looked.
_FLAGS = ((0, 0, 9), (0, 0, 12), (0.2, 0, 7), (0, 0, 10), (0.8, 0, 6), (1.9, 0, 8), (0, 1.6, 8), (0, 0, 0))
_AGES = (0, 12, 15, 17, 18, None)
_FIRST_DAY = date(2020, 1, 1)  # a leap year, so that somebody is born on 29 February
_EPOCH_S = 1_600_000_000
_DAY_S = 86_400
# How often AyaReads gives each vote from 1 to 10: 130 in all.
_AYA_VOTES = (4, 3, 5, 8, 12, 18, 30, 28, 14, 8)


def add_made(library: Library, *, today: date) -> Library:
    """The library with releases of every novel, people for those that have none, new releases and a long list."""
    covered = _find_covered(library.releases)
    releases = [made for novel in library.vn for made in _make_releases(novel, covered[novel.id])]
    releases = [*library.releases, *releases, *_make_new(library.vn, today)]
    cast = {appearance.vn for one in library.characters for appearance in one.vns}
    characters = [made for novel in library.vn if novel.id not in cast for made in _make_characters(novel)]
    characters = _give_birthdays(characters)
    staff = [_make_staff(number) for number in range(20)]
    credited = {credit.vn for credit in library.credits}
    return msgspec.structs.replace(
        library,
        releases=releases,
        characters=[*library.characters, *characters],
        staff=[*library.staff, *staff],
        credits=[
            *library.credits,
            *(credit for novel in library.vn if novel.id not in credited for credit in _make_credits(novel)),
        ],
        details=_make_details(library, releases) | library.details,
    )


def make_reader(novels: Sequence[Novel]) -> User:
    """AyaReads, who has read about everything: a list that takes pages, with every vote from 1 to 10."""
    votes = [vote for vote, count in enumerate(_AYA_VOTES, 1) for _ in range(count)]
    # 37 has no divisor in common with the number of votes, so that neighbours on the list get different ones.
    entries = [
        Listed(
            novel.id,
            _EPOCH_S + place * _DAY_S,
            vote=min(100, votes[place * 37 % len(votes)] * 10 + place % 10 * (place % 3 == 0)),
            voted=_EPOCH_S + place * _DAY_S,
            labels=[2, 11] if place % 9 == 0 else [2],
            finished=str(date(2021, 1, 1) + timedelta(days=place * 7)),
        )
        for place, novel in enumerate(novels[: len(votes)])
    ]
    wished = [Listed(novel.id, _EPOCH_S, labels=[5]) for novel in novels[len(votes) :][:8]]
    return User("u5", "AyaReads", 2, 600, [(11, "Read twice")], [*entries, *wished])


def _find_covered(releases: Sequence[Release]) -> defaultdict[str, set[str]]:
    covered: defaultdict[str, set[str]] = defaultdict(set)
    for release in releases:
        for one in release.vns:
            if one.rtype == "complete":
                covered[one.vn].update(language.lang for language in release.languages)
    return covered


def _make_releases(novel: Novel, covered: set[str]) -> Iterator[Release]:
    languages = [novel.olang, *(one for one in novel.languages if one != novel.olang)]
    for place, lang in enumerate(languages):
        if lang not in covered and novel.languages:
            yield _make_release(novel, lang, place)


def _make_release(novel: Novel, lang: str, place: int) -> Release:
    number, original = 100_000 + novel.number * 10 + place, place == 0
    titles = {one.lang: one for one in novel.titles}
    known = titles.get(lang)
    shown = (known.latin or known.title) if known else novel.title
    other = (known.title if known.latin else None) if known else novel.alttitle
    fan = place % 3 == 2
    return Release(
        f"r{number}",
        shown,
        novel.released if original or not novel.released else _later(novel.released, 2 * place),
        [ReleaseLanguage(lang, other or shown, shown if other else None)],
        [ReleaseNovel(novel.id)],
        alttitle=other,
        platforms=novel.platforms[:2] if original else novel.platforms[:1],
        media=[("in", 0)] if place or (novel.released or "") > "2012" else [("dvd", 1)],
        producers=_makers(novel, fan=fan, original=original),
        images=[_cover(number, novel)] if original and novel.image else [],
        minage=_AGES[(novel.number + place) % len(_AGES)],
        patch=fan,
        freeware=fan,
        official=not fan,
        resolution=(1280, 720) if novel.number % 3 else None,
        voiced=(None, 1, 3, 4)[novel.number % 4],
        extlinks=[Link("steam", str(300_000 + number))] if place == 1 else [],
    )


def _later(released: str, years: int) -> str:
    return released if released == "TBA" else f"{int(released[:4]) + years}{released[4:].replace('02-29', '02-28')}"


def _makers(novel: Novel, *, fan: bool, original: bool) -> list[ReleaseProducer]:
    if fan:
        return [ReleaseProducer("p90602", developer=True, publisher=True)]
    makers = [ReleaseProducer(one, developer=True, publisher=original) for one in novel.developers]
    return makers if original else [*makers, ReleaseProducer("p485", developer=False, publisher=True)]


def _cover(number: int, novel: Novel) -> ReleaseImage:
    flags = novel.image
    image = Image(number, flags.sexual, flags.violence, flags.votecount) if flags else Image(number)
    return ReleaseImage("pkgfront", image, novel.id)


def _make_new(novels: Sequence[Novel], today: date) -> Iterator[Release]:
    """New editions, ports and patches of known novels: just out, about to be, in a month, in a year, some time."""
    known = [one for one in novels if one.languages and one.released and one.number < FIRST_FOR_TESTS][::3]
    soon = (today.replace(day=1) + timedelta(days=62)).strftime("%Y-%m")
    days = [str(today + timedelta(days=day)) for day in _DAYS]
    for place, released in enumerate([*days, soon, str(today.year + 1), str(today.year + 2), "TBA", "TBA"]):
        novel = known[place % len(known)]
        platform, lang = ("win", "swi", "ps5", "and")[place % 4], ("en", "ja", "zh-Hans", "es", "ru")[place % 5]
        fan, explicit = place % 6 == 5, place % 7 == 6
        kind = "Patch" if fan else ("Anniversary Edition", "Remaster", "Port")[place % 3]
        yield Release(
            f"r{80_000 + place}",
            f"{novel.title} {kind}",
            released,
            [ReleaseLanguage(lang, f"{novel.title} {kind}"), *([ReleaseLanguage("fr")] if place % 8 == 0 else [])],
            [ReleaseNovel(novel.id, "trial" if place % 9 == 8 else "complete")],
            platforms=[platform, *(["lin", "mac"] if platform == "win" else [])],
            media=[("in", 0)],
            producers=_makers(novel, fan=fan, original=False),
            images=[ReleaseImage("dig", Image(80_000 + place, *_FLAGS[place % len(_FLAGS)]), novel.id)],
            minage=18 if explicit else (None, 12, 15)[place % 3],
            patch=fan,
            freeware=fan,
            official=not fan,
            uncensored=True if explicit else None,
            has_ero=explicit,
            voiced=4,
            extlinks=[Link("steam", str(3_000_000 + place))] if platform == "win" else [],
        )


def _make_characters(novel: Novel) -> Iterator[Character]:
    for place, role in enumerate(_ROLES):
        seed = novel.number * 7 + place * 5
        number = 1_000 + novel.number * 3 + place
        sex = "f" if seed % 3 else "m"
        traits = dict.fromkeys(_TRAITS[(seed * step) % len(_TRAITS)] for step in (1, 3, 5))
        secret = [AppliedTrait("i75", 2)] if seed % 5 == 0 else []
        yield Character(
            f"c{number}",
            f"{_FAMILY[seed % len(_FAMILY)]} {_GIVEN[(seed // 3) % len(_GIVEN)]}",
            [Appearance(novel.id, role, int(place == 2 and seed % 4 == 0))],
            description=f"Somebody invented, for {novel.title}. [spoiler]Nobody knows more.[/spoiler]",
            image=None if seed % 4 == 1 else Image(number, *_FLAGS[seed % len(_FLAGS)]),
            blood_type=("a", "b", "ab", "o", None)[seed % 5],
            height=150 + seed % 40,
            age=(16 + seed % 15) if place else None,
            sex=(sex, sex),
            traits=[*(AppliedTrait(one) for one in traits), *secret],
        )


def _give_birthdays(characters: Sequence[Character]) -> list[Character]:
    """One day after the other, so that there is somebody to congratulate on each."""
    days = [_FIRST_DAY + timedelta(days=place % 366) for place in range(len(characters))]
    return [
        msgspec.structs.replace(one, birthday=(day.month, day.day)) for one, day in zip(characters, days, strict=True)
    ]


def _make_staff(number: int) -> Staff:
    name = f"{_FAMILY[number % len(_FAMILY)]} {_GIVEN[-1 - number]}"
    return Staff(f"s{200 + number}", "ja" if number % 4 else "en", [StaffAlias(400 + number, name)], "fm"[number % 2])


def _make_credits(novel: Novel) -> list[Credit]:
    return [
        Credit(novel.id, 400 + (novel.number + place * 7) % 20, role)
        for place, role in enumerate(("scenario", "art", "music"))
    ]


def _make_details(library: Library, releases: Sequence[Release]) -> dict[str, Detail]:
    first: dict[str, str] = {}
    for release in releases:
        for one in release.vns:
            first.setdefault(one.vn, release.id)
    return {
        novel.id: Detail(
            screenshots=[
                Screenshot(
                    Image(100_000 + novel.number * 2 + place, *_FLAGS[(novel.number + place) % 4]), first[novel.id]
                )
                for place in range(2)
            ]
        )
        for novel in library.vn
        if novel.id in first and novel.votecount > 500
    }
