"""What people type, led to something that can be followed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.model import MediaRow
from bot.anime.cards.page import keep_shown, may_show_work
from bot.anime.cards.text import describe_media, has_ended
from bot.anime.cards.title import title_of
from bot.anime.pages.list import is_called, search_title
from bot.anime.pages.media import fetch_linked
from bot.cards.fact import join_some
from bot.errors import InvalidInput, Unavailable
from bot.links.target import AnimeTarget, read_reference
from bot.lookup.reference_name import refuse
from bot.lookup.source import Sources
from bot.lookup.suggestion import read_suggestion
from bot.lookup.vndb import find_entries
from bot.navigation.page import Visit
from bot.navigation.viewer import Viewer
from bot.service.near_match import name_near
from bot.vndb.api import kind as kinds
from bot.vndb.api.model import Producer, Vn
from bot.vndb.cards.text import format_year
from bot.vndb.cards.title import retitle
from bot.vndb.pages.list_kind import PRODUCERS, VNS

SubjectKind = Literal["anime", "vn", "developer"]

_LINK = re.compile(r"<?(?:https?://|(?:www\.)?(?:anilist\.co|myanimelist\.net|vndb\.org)/)\S+", re.IGNORECASE)

_RUNNING = ("RELEASING", "NOT_YET_RELEASED")


class Subject(msgspec.Struct, frozen=True):
    """What is followed: its kind, the number of its id and what it is called. `adult`: or it may be.

    `detail` tells it from others of its name, as plain text.
    """

    kind: SubjectKind
    id: int
    title: str
    adult: bool = False
    detail: str = ""


def refuse_adult(viewer: Viewer, *, direct: bool = False) -> InvalidInput:
    """The error for an anime for adults that is to be followed where, or for where, it may not stand. `direct`: that is
    by direct message.
    """
    if direct and viewer.age_restricted:
        way = "/follow anime can tell an age-restricted channel, named as “channel”"
        return InvalidInput("anime", f"is for adults, or may be, and does not come by direct message: {way}")
    return InvalidInput("anime", f"is for adults, or may be: it can be followed {viewer.adult_places}")


async def find_subjects(kind: SubjectKind, text: str, visit: Visit[Sources], *, now_s: float) -> Sequence[Subject]:
    """What `text` names: the one thing that it is, or, if that would be a guess, all that it may be (at least one).

    What runs or is still to come stands first. Raises `NotFound`, `InvalidInput`, `ServiceError`.
    """
    if kind == "anime":
        return await _find_anime(text, visit)
    if kind == "vn":
        return await _find_novels(text, visit, today=dt.datetime.fromtimestamp(now_s, dt.UTC).date().isoformat())
    return await _find_developers(text, visit)


def name_subject(kind: SubjectKind, subject_id: int) -> str:
    """What `find_subjects` reads as this one."""
    return {"anime": "#", "vn": "v", "developer": "p"}[kind] + str(subject_id)


async def _find_anime(text: str, visit: Visit[Sources]) -> Sequence[Subject]:
    viewer = visit.viewer
    linked = await _find_linked(text, visit)
    found = (await search_title("ANIME", text, visit)).items if linked is None else [linked]
    # What is called so is meant, also where it has ended or may not be named here: to follow another is a wrong guess.
    meant = [row for row in found if is_called(row, text)] or found
    rows = keep_shown(meant, viewer)
    going = _list_going(rows)
    if not going:
        error = _explain_none(meant if linked is not None else _list_going(meant), viewer, ended=rows)
        error.near = name_near(title_of(row, viewer) for row in _list_going(keep_shown(found, viewer)))
        raise error
    going.sort(key=lambda row: _RUNNING.index(row.status) if row.status in _RUNNING else len(_RUNNING))
    return [
        Subject("anime", row.id, title_of(row, viewer), row.is_adult is not False, describe_media(row)) for row in going
    ]


def _list_going(rows: Iterable[MediaRow]) -> list[MediaRow]:
    return [row for row in rows if not has_ended(row)]


def _explain_none(
    meant: Iterable[MediaRow], viewer: Viewer, *, ended: Sequence[MediaRow]
) -> InvalidInput | Unavailable:
    """Why none of these can be followed here. `ended`: what may stand here of those that have."""
    withheld = [row for row in meant if not may_show_work(row, viewer)]
    if any(row.unmarked for row in withheld):
        return Unavailable(SERVICE, "it could not say for whom an anime is")
    if withheld:
        return refuse_adult(viewer)
    titles = [title_of(row, viewer) for row in ended]
    if len(titles) == 1:
        return InvalidInput(f"anime {titles[0]}", "has ended: there will be no episode to tell of")
    named = f" ({join_some(titles, 3)})" if titles else ""
    return InvalidInput("anime", f"that may be meant{named} have ended: there will be no episode to tell of")


async def _find_linked(text: str, visit: Visit[Sources]) -> MediaRow | None:
    """The anime of `#9253` or a link; None if it is a title."""
    reference = read_reference(await read_suggestion(text, "anime", visit), "anime")
    if isinstance(reference, AnimeTarget) and reference.kind == "anime":
        return (await fetch_linked(reference, visit.sources)).entry
    if reference is not None:
        raise refuse(reference, "anime")
    _refuse_link(text, "title", "anime of AniList or MyAnimeList")
    return None


async def _find_novels(text: str, visit: Visit[Sources], *, today: str) -> Sequence[Subject]:
    if read_reference(text, "v") is None:
        _refuse_link(text, "title", "visual novel of VNDB")
    vn_id, found = await find_entries(VNS, text, visit)
    if vn_id is not None:
        found = [(await visit.sources.vndb.fetch(kinds.VN, vn_id)).entry]
    named = [vn for vn in found if _is_called(text, kinds.VN.list_names(vn))]
    found = named if len(named) == 1 else put_to_come_first(found, today)
    shown = [retitle(vn, visit.viewer) for vn in found]
    return [Subject("vn", int(vn.id[1:]), vn.title, detail=format_year(vn.released)) for vn in shown]


async def _find_developers(text: str, visit: Visit[Sources]) -> Sequence[Subject]:
    if read_reference(text, "p") is None:
        _refuse_link(text, "name", "developer of VNDB")
    producer_id, found = await find_entries(PRODUCERS, text, visit)
    if producer_id is not None:
        found = [(await visit.sources.vndb.fetch(kinds.PRODUCER, producer_id)).entry]
    named = [one for one in found if _is_called(text, kinds.PRODUCER.list_names(one))]
    shown: list[Producer] = [retitle(one, visit.viewer) for one in (named if len(named) == 1 else found)]
    return [Subject("developer", int(one.id[1:]), one.name, detail=one.original or "") for one in shown]


def put_to_come_first(found: Sequence[Vn], today: str) -> list[Vn]:
    """Novels that are not out yet (their date, which may be `TBA`, lies ahead) before the others, else as they were."""
    return sorted(found, key=lambda vn: vn.released is None or vn.released <= today)


def _is_called(text: str, names: Iterable[str | None]) -> bool:
    return text.strip().casefold() in {name.casefold() for name in names if name}


def _refuse_link(text: str, option: str, noun: str) -> None:
    """Raise `InvalidInput` if it is a link: it leads to nothing that is meant here, and nothing is called like it."""
    if _LINK.match(text.strip()):
        raise InvalidInput(option, f"is a link, but to no {noun}")
