"""Short cards of the characters, people, studios and users of AniList that somebody's message links to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot.account.item import ThisIsMeButton
from bot.anime.api.model import AnimeUser, Character, Person, Studio
from bot.anime.cards.route import ProfileRoute, UserRoute, is_user_name
from bot.anime.cards.text import SOURCE, is_known_id
from bot.anime.cards.title import name_of
from bot.cards.text import clip, count, escape_line, one_line
from bot.navigation.address import NOWHERE
from bot.navigation.frame import ACCENT, list_age
from bot.navigation.item import SeeButton
from bot.navigation.route import Route
from bot.navigation.viewer import Viewer
from bot.service.record import Card

Profile = Character | Person | Studio | AnimeUser

AT_MOST = 5
"""Profiles in one preview."""

_KINDS: dict[type[Profile], tuple[str, str]] = {
    Character: ("character", "Character"),
    Person: ("staff", "Staff"),
    Studio: ("studio", "Studio"),
    AnimeUser: ("user", "AniList user"),
}
_TITLE_LIMIT = 150
_BUTTON_LIMIT = 40


def build_profile_preview(
    cards: Sequence[Card[Character] | Card[Person] | Card[Studio] | Card[AnimeUser]],
    *,
    viewer: Viewer,
    spoiler: bool = False,
) -> ui.Container[Any]:
    """Short cards of one to five profiles, each with a button that shows the whole card to who presses it. Somebody's
    that stands alone can be linked by whose it is.

    A character who is not known to be from a work for everybody is named in age-restricted channels only.
    """
    shown = list({(type(card.entry), card.entry.id): card for card in cards}.values())[:AT_MOST]
    container = ui.Container[Any](accent_colour=ACCENT, spoiler=spoiler)
    buttons: list[ui.Item[Any]] = []
    for card in shown:
        if not _may_show_profile(card.entry, viewer):
            text = f"That character is from a work for adults, or may be: it is previewed {viewer.adult_places}."
            container.add_item(ui.TextDisplay[Any](text))
            continue
        container.add_item(ui.TextDisplay[Any](_describe(card.entry, viewer)))
        label = "Show more" if len(shown) == 1 else f"More: {clip(one_line(_name(card.entry, viewer)), _BUTTON_LIMIT)}"
        if route := _find_route(card.entry):
            buttons.append(SeeButton(NOWHERE.go(route), label=label))
        if isinstance(card.entry, AnimeUser) and len(shown) == 1 and is_known_id(card.entry.id):
            buttons.append(ThisIsMeButton("AniList", str(card.entry.id)))
    if buttons:
        container.add_item(ui.ActionRow[Any](*buttons))
    age_s = max((card.age_s for card in shown if card.stale), default=0.0)
    age = list_age(SOURCE, age_s=age_s, stale=any(card.stale for card in shown))
    return container.add_item(ui.TextDisplay(f"-# {' · '.join([SOURCE, *age])}"))


def _may_show_profile(entry: Profile, viewer: Viewer) -> bool:
    return viewer.age_restricted or not isinstance(entry, Character) or entry.is_adult is False


def _find_route(entry: Profile) -> Route | None:
    """Where the whole card is; None if the id or the name is none."""
    if isinstance(entry, AnimeUser):
        return UserRoute(entry.name) if is_user_name(entry.name) else None
    return ProfileRoute(_KINDS[type(entry)][0], entry.id) if is_known_id(entry.id) else None


def _name(entry: Profile, viewer: Viewer) -> str:
    return entry.name if isinstance(entry, Studio | AnimeUser) else name_of(entry.name, viewer)


def _describe(entry: Profile, viewer: Viewer) -> str:
    facts = [_KINDS[type(entry)][1]]
    if isinstance(entry, Person):
        facts += [escape_line(one_line(work)) for work in entry.primary_occupations[:3]]
    if isinstance(entry, AnimeUser):
        facts += [f"{entry.anime.count} anime", f"{entry.manga.count} manga"]
    if isinstance(entry, Character | Person) and entry.favourites:
        facts.append(count(entry.favourites, "favourite"))
    title = clip(escape_line(one_line(_name(entry, viewer))), _TITLE_LIMIT)
    return f"### {title}\n{clip(' · '.join(facts), _TITLE_LIMIT)}"
