"""What a reference leads to, in words: for the sentences about one that leads elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from bot.errors import InvalidInput
from bot.links.target import AnimeTarget, OtherTarget, Reference, SearchLink, UserTarget, name_kind

NOUNS: Mapping[str, str] = {
    "v": "a visual novel",
    "r": "a release",
    "p": "a producer",
    "c": "a character",
    "s": "somebody of a visual novel's staff",
    "g": "a tag",
    "i": "a trait",
    "u": "somebody's profile on VNDB",
    "cv": "a picture on VNDB",
    "sf": "a picture on VNDB",
    "ch": "a picture on VNDB",
    "anime": "an anime",
    "manga": "a manga",
    "character": "a character",
    "staff": "a person",
    "studio": "a studio",
    "user": "somebody's profile",
    "gallery": "a gallery",
}
_SEARCHED: Mapping[str, str] = {
    "v": "visual novels",
    "r": "releases",
    "p": "producers",
    "c": "characters",
    "s": "staff",
    "g": "tags",
    "i": "traits",
}


def refuse(reference: Reference, wanted: str) -> InvalidInput:
    """The error for a reference to something else than is needed."""
    needed = "somebody's profile on AniList" if wanted == "user" else NOUNS[wanted]
    return InvalidInput("id or link", f"leads to {describe(reference)}, and {needed} is needed here")


def describe(reference: Reference) -> str:
    """What a reference leads to, in a few words with their article."""
    if isinstance(reference, SearchLink):
        return f"a search of {_SEARCHED[reference.kind]} on VNDB"
    if isinstance(reference, OtherTarget):
        return f"a page of {reference.site} that is not an entry's"
    noun = NOUNS[name_kind(reference)]
    if isinstance(reference, AnimeTarget | UserTarget):
        return f"{noun} on {_name_site(reference)}"
    return noun


def _name_site(reference: AnimeTarget | UserTarget) -> str:
    return "AniList" if reference.site == "anilist" else "MyAnimeList"


def explain_unmapped(target: AnimeTarget | UserTarget) -> InvalidInput:
    """The error for what MyAnimeList has and AniList cannot be asked for."""
    return InvalidInput(
        "link",
        f"leads to {describe(target)}, and AniList knows MyAnimeList's numbers of anime and manga alone: "
        "search for the name instead",
    )
