"""What the links of a message are shown as."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from bot.anime.api.anilist.client import AniList
from bot.anime.api.model import AnimeUser, Character, Media, Person, Studio
from bot.anime.cards.preview import build_anime_preview
from bot.anime.cards.profile import build_profile_preview
from bot.anime.pages.media import KINDS, fetch_linked
from bot.errors import InvalidInput, Rejected, ServiceError, ShioriError
from bot.gallery.api.model import Gallery, GalleryKey
from bot.gallery.cards.gallery import build_gallery
from bot.gallery.pages.gallery import fetch_allowed, fetch_key
from bot.gate.rules import Extent, Refused, Rule, Rules, Ruling
from bot.gate.setting import TITLE_LANGUAGE
from bot.interaction.error import render_error
from bot.interaction.rule import explain_rule
from bot.links.target import AnimeTarget, GalleryTarget, Link, PageTarget, UserTarget, VndbTarget, name_kind
from bot.lookup.reference_name import describe, explain_unmapped
from bot.lookup.source import Sources
from bot.navigation.viewer import Viewer
from bot.preview.card import LINKS_AT_MOST, Block, build_note, share_text
from bot.preview.item import LinkKind
from bot.service.record import Card
from bot.vndb.api.client import Vndb
from bot.vndb.api.kind import CHARACTER, PRODUCER, RELEASE, STAFF, TAG, TRAIT, VN
from bot.vndb.cards.preview import EntryCard, build_vndb_preview

log = logging.getLogger(__name__)

R = TypeVar("R")
T = TypeVar("T")

_FETCHES: Mapping[str, Callable[[Vndb, str], Coroutine[Any, Any, EntryCard]]] = {
    "v": lambda vndb, entry_id: vndb.fetch(VN, entry_id),
    "r": lambda vndb, entry_id: vndb.fetch(RELEASE, entry_id),
    "p": lambda vndb, entry_id: vndb.fetch(PRODUCER, entry_id),
    "c": lambda vndb, entry_id: vndb.fetch(CHARACTER, entry_id),
    "s": lambda vndb, entry_id: vndb.fetch(STAFF, entry_id),
    "g": lambda vndb, entry_id: vndb.fetch(TAG, entry_id),
    "i": lambda vndb, entry_id: vndb.fetch(TRAIT, entry_id),
    "u": lambda vndb, entry_id: vndb.users.fetch_user(entry_id),
}


class Plan(msgspec.Struct, frozen=True):
    """Which links of a message are shown here, how many `more` there are, and why its galleries are not.

    `cardless` are those for which there is no card anywhere, where somebody is told.
    """

    links: tuple[Link, ...]
    more: int = 0
    refusals: tuple[Rule, ...] = ()
    cardless: tuple[Link, ...] = ()


class Preview(msgspec.Struct, frozen=True):
    """The cards that could be made, why others may not be shown, and what went wrong with the rest."""

    blocks: tuple[Block, ...] = ()
    refusals: tuple[Rule, ...] = ()
    errors: tuple[ShioriError, ...] = ()

    @property
    def may_come(self) -> bool:
        """Whether a service gave no answer, and may give one later."""
        return any(isinstance(error, ServiceError) and not isinstance(error, Rejected) for error in self.errors)


class _FoundGallery(msgspec.Struct, frozen=True):
    link: Link
    card: Card[Gallery]
    ruling: Ruling


class _FoundEntry(msgspec.Struct, frozen=True):
    link: Link
    card: EntryCard


class _FoundMedia(msgspec.Struct, frozen=True):
    link: Link
    card: Card[Media]


class _FoundProfile(msgspec.Struct, frozen=True):
    link: Link
    card: Card[Character] | Card[Person] | Card[Studio] | Card[AnimeUser]


_Found = _FoundGallery | _FoundEntry | _FoundMedia | _FoundProfile


def build_plan(links: Sequence[Link], rules: Rules, *, asked: bool = False, number: int = 1) -> Plan:
    """Decide before anything is asked of a service. In direct messages all is told: nobody else is disturbed there.

    `asked`: a person wants the cards, so that links are not previewed by themselves does not count. `number`: the page
    of links, from 1, that is shown.
    """
    allowed: list[Link] = []
    refusals: list[Rule] = []
    cardless: list[Link] = []
    for link in links:
        ruling = _rule(link, rules, asked=asked)
        if ruling is None:
            cardless.append(link)
        elif ruling.shows:
            allowed.append(link)
        elif isinstance(link.target, GalleryTarget | PageTarget):
            refusals.append(ruling.rule)
    rest = allowed[LINKS_AT_MOST * (number - 1) :]
    tells = asked or rules.place.kind == "dm"
    return Plan(
        tuple(rest[:LINKS_AT_MOST]),
        len(rest[LINKS_AT_MOST:]),
        tuple(dict.fromkeys(refusals)),
        tuple(cardless) if tells else (),
    )


def _rule(link: Link, rules: Rules, *, asked: bool) -> Ruling | None:
    """None: there is no card for such a link, anywhere."""
    if isinstance(link.target, GalleryTarget | PageTarget):
        return rules.rule_galleries()
    if isinstance(link.target, VndbTarget) and link.target.kind in _FETCHES:
        return Ruling(Extent.FULL, Rule.LINKS_ON) if asked else rules.rule_links("vndb")
    if isinstance(link.target, AnimeTarget | UserTarget) and not _is_unmapped(link.target):
        return Ruling(Extent.FULL, Rule.LINKS_ON) if asked else rules.rule_links("anime")
    return None


def name_link_kind(link: Link) -> LinkKind:
    """What a link that is previewed is switched on and off with."""
    if isinstance(link.target, GalleryTarget | PageTarget):
        return "galleries"
    return "vndb" if isinstance(link.target, VndbTarget) else "anime"


def _is_unmapped(target: AnimeTarget | UserTarget) -> bool:
    """Whether MyAnimeList has it, and AniList cannot be asked for it by that number."""
    return target.site == "myanimelist" and name_kind(target) not in KINDS


def _explain_cardless(link: Link) -> InvalidInput:
    if isinstance(link.target, AnimeTarget | UserTarget):
        return explain_unmapped(link.target)
    return InvalidInput("link", f"leads to {describe(link.target)}: Shiori has no card for it")


async def fetch_preview(plan: Plan, sources: Sources, viewer: Viewer) -> Preview:
    """Ask for everything at once; what cannot be had costs nothing else."""
    # First what pages belong to, so that all galleries are asked for together.
    keys = await _gather(plan.links, lambda link: _find_key(link, sources))
    results = await _gather(keys.done, lambda found: _fetch(*found, sources, viewer.rules))
    limit = share_text(len(results.done))
    built = await _gather(_split(results.done), lambda group: _build(group, sources, viewer, limit=limit))
    errors = [*keys.errors, *results.errors, *built.errors, *map(_explain_cardless, plan.cardless)]
    refusals = [error.rule for error in errors if isinstance(error, Refused)]
    return Preview(
        tuple(built.done),
        (*plan.refusals, *refusals),
        tuple(error for error in errors if not isinstance(error, Refused)),
    )


def explain_missing(preview: Preview) -> tuple[Block, ...]:
    """Why links have no card, as notes: one beside cards, where there is no room for more."""
    said = [*map(render_error, preview.errors), *map(explain_rule, preview.refusals)]
    notes = [build_note(sentence) for sentence in dict.fromkeys(said)]
    return tuple(notes[:1] if preview.blocks else notes)


class _Gathered(msgspec.Struct, Generic[R], frozen=True):
    done: list[R]
    errors: list[ShioriError]


async def _gather(items: Iterable[T], work: Callable[[T], Coroutine[Any, Any, R]]) -> _Gathered[R]:
    """Do it for all at once, each with its own errors: what nobody thought of in one costs no other."""

    async def run(item: T) -> R | ShioriError:
        try:
            return await work(item)
        except ShioriError as error:
            return error
        except Exception:
            log.exception("a link has no card")
            return ShioriError("a link has no card")

    results = await asyncio.gather(*map(run, items))
    gathered: _Gathered[R] = _Gathered([], [])
    for result in results:
        if isinstance(result, ShioriError):
            gathered.errors.append(result)
        else:
            gathered.done.append(result)
    return gathered


async def _find_key(link: Link, sources: Sources) -> tuple[Link, GalleryKey | None]:
    if isinstance(link.target, GalleryTarget | PageTarget):
        return link, await fetch_key(link.target, sources)
    return link, None


async def _fetch(link: Link, key: GalleryKey | None, sources: Sources, rules: Rules) -> _Found:
    if key is not None:
        return _FoundGallery(link, *await fetch_allowed(key, sources, rules))
    if isinstance(link.target, AnimeTarget) and link.target.kind in KINDS:
        return _FoundMedia(link, await fetch_linked(link.target, sources))
    if isinstance(link.target, AnimeTarget | UserTarget):
        return _FoundProfile(link, await _fetch_profile(link.target, sources.anilist))
    assert isinstance(link.target, VndbTarget)  # noqa: S101 - `_rule` lets nothing else through
    return _FoundEntry(link, await _FETCHES[link.target.kind](sources.vndb, link.target.id))


async def _fetch_profile(
    target: AnimeTarget | UserTarget, anilist: AniList
) -> Card[Character] | Card[Person] | Card[Studio] | Card[AnimeUser]:
    if isinstance(target, UserTarget):
        by_id = target.name.isdecimal()
        return await (anilist.fetch_user_by_id(int(target.name)) if by_id else anilist.fetch_user(target.name))
    if target.kind == "character":
        return await anilist.fetch_character(target.id)
    return await (anilist.fetch_person(target.id) if target.kind == "staff" else anilist.fetch_studio(target.id))


def _split(found: Sequence[_Found]) -> list[list[_Found]]:
    """What stands in one card each, in the order of the links: a gallery, or entries of one service that follow
    each other. An entry that several links lead to stands where the first of them does.
    """
    first = {_identify(one): one for one in reversed(found)}
    groups: list[list[_Found]] = []
    joined: object = None
    for one in [one for one in found if first[_identify(one)] is one]:
        joins = None if isinstance(one, _FoundGallery) else (type(one), one.link.spoiler)
        if joins is None or joins != joined:
            groups.append([])
        joined = joins
        groups[-1].append(one)
    return groups


def _identify(one: _Found) -> object:
    entry = one.card.entry
    # Each kind of entry has numbers of its own: a character and a studio may both be the first.
    return entry.key if isinstance(entry, Gallery) else (type(entry), entry.id)


async def _build(group: Sequence[_Found], sources: Sources, viewer: Viewer, *, limit: int) -> Block:
    """The card of what `_split` puts together. `limit`: UTF-16 units of text for each link."""
    spoiler = group[0].link.spoiler
    entries = [one.card for one in group if isinstance(one, _FoundEntry)]
    if entries:
        return build_vndb_preview(entries, names=await sources.vndb.fetch_names(), viewer=viewer, spoiler=spoiler)
    works = [one.card for one in group if isinstance(one, _FoundMedia)]
    if works:
        return build_anime_preview(works, viewer=viewer, spoiler=spoiler)
    profiles = [one.card for one in group if isinstance(one, _FoundProfile)]
    if profiles:
        return build_profile_preview(profiles, viewer=viewer, spoiler=spoiler)
    (gallery,) = [one for one in group if isinstance(one, _FoundGallery)]
    return build_gallery(
        gallery.card,
        coverless=gallery.ruling.extent is Extent.COVERLESS,
        spoiler=spoiler,
        title_language=viewer.rules[TITLE_LANGUAGE],
        limit=limit,
    )
