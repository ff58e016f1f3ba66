"""What comes next of something that is followed, and its picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from bot.anime.api.model import AiringEpisode, MediaRow
from bot.anime.cards.page import find_cover
from bot.anime.cards.text import format_fuzzy_date
from bot.cards.text import clip, escape_line
from bot.errors import NotFound
from bot.follow.model import DAY_S, Follow
from bot.lookup.source import Sources
from bot.service.image import Image
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.filter import all_of
from bot.vndb.api.model import Release
from bot.vndb.api.query import ListQuery
from bot.vndb.cards.text import format_date

UNKNOWN = "What comes next could not be asked just now; the notice comes all the same."
_GONE = "AniList has no such entry any more: it was deleted, or became one with another."
_VNDB_GONE = "VNDB has no such entry any more: it was deleted."
_AHEAD_S = 60 * DAY_S
_SOON_S = 14 * DAY_S
_TITLE_LIMIT = 100
_NOTHING_YET = "No further episode is announced yet."
_ENDS = {
    "FINISHED": "It has ended: all its episodes have aired.",
    "CANCELLED": "It was cancelled: there will be no further episode.",
    "HIATUS": "It is on hiatus: when it goes on is not announced yet.",
}
"""By AniList's status, of what has no episode to come."""

RELEASE_FIELDS = "title,released,languages{lang},platforms,vns{title},producers{developer}"
"""What `is_followed` reads."""


class Outlook(msgspec.Struct, frozen=True):
    """What stands beside a notice: the picture, and `next`, a sentence of what comes after it, as markdown.

    `adult`: the picture, and the work, are not known to be for everybody by now. `ahead`: episodes that are still to
    come, as it is known by now.
    """

    cover: Image | None = None
    next: str = ""
    adult: bool = False
    ahead: frozenset[int] = frozenset()


NO_OUTLOOK = Outlook()


async def fetch_outlook(follow: Follow, sources: Sources, *, since_s: int, release_id: str | None = None) -> Outlook:
    """What comes after `since_s`. `release_id`: the release that is told of, whose novel has the picture.

    Raises `ServiceError`.
    """
    if follow.kind == "anime":
        return await _fetch_episodes(follow, sources, since_s)
    cover = None
    try:
        if follow.kind == "vn":
            cover = (await sources.vndb.fetch(kinds.VN, f"v{follow.subject_id}")).entry.image
        else:
            if release_id is not None:
                cover = await find_release_cover(follow, release_id, sources)
            await sources.vndb.fetch(kinds.PRODUCER, f"p{follow.subject_id}")
    except NotFound:
        return Outlook(cover, _VNDB_GONE)
    return Outlook(cover, await _fetch_next_release(follow, sources, since_s))


async def _fetch_episodes(follow: Follow, sources: Sources, since_s: int) -> Outlook:
    # Beginning with the episode that is told of: so the same question serves everybody, and knows the work.
    episodes = await sources.anilist.fetch_schedule([follow.subject_id], since_s, since_s + _AHEAD_S)
    row = episodes[0].media if episodes else None
    if row is None or not row.cover_image.medium or episodes[-1].airing_at <= since_s:
        try:
            row = (await sources.anilist.fetch("ANIME", follow.subject_id)).entry
        except NotFound:
            if row is None:
                return Outlook(next=_GONE)
    # The card may be older than the schedule.
    if any(one.media.is_adult is not False for one in episodes):
        row = replace(row, is_adult=True)
    following = name_next_episode(episodes, since_s, work=row)
    return Outlook(find_cover(row), following, adult=row.is_adult is not False)


async def fetch_episode_outlooks(
    follows: Sequence[Follow], sources: Sources, *, since_s: int, now_s: int
) -> dict[int, Outlook]:
    """What comes after now of each of these anime, by the follow's id, in one question. Raises `ServiceError`.

    `since_s`: from when on one of each aired. What the answer does not say, such as the end of a series, is left out.
    """
    ids = [follow.subject_id for follow in follows]
    episodes = await sources.anilist.fetch_schedule(ids, since_s, now_s + _SOON_S) if ids else []
    found: dict[int, Outlook] = {}
    for follow in follows:
        own = [one for one in episodes if one.media.id == follow.subject_id]
        if own:
            work = own[-1].media
            ahead = frozenset(number for airing_at, number in _list_announced(own, work) if airing_at > now_s)
            coming = ahead or work.next_airing_episode is not None
            following = name_next_episode(own, now_s, work=work) if coming else ""
            found[follow.id] = Outlook(find_cover(work), following, adult=work.is_adult is not False, ahead=ahead)
    return found


async def find_release_cover(follow: Follow, release_id: str, sources: Sources) -> Image | None:
    """The cover of the novel that a release is of, which is followed or whose developer is. Raises `ServiceError`."""
    vn_id = f"v{follow.subject_id}" if follow.kind == "vn" else await _find_novel(release_id, sources)
    if vn_id is None:
        return None
    try:
        return (await sources.vndb.fetch(kinds.VN, vn_id)).entry.image
    except NotFound:
        return None


async def _find_novel(release_id: str, sources: Sources) -> str | None:
    try:
        release = (await sources.vndb.fetch(kinds.RELEASE, release_id)).entry
    except NotFound:
        return None
    return next((vn.id for vn in release.vns), None)


async def _fetch_next_release(follow: Follow, sources: Sources, since_s: int) -> str:
    today = dt.datetime.fromtimestamp(since_s, dt.UTC).date().isoformat()
    if follow.kind == "vn":
        wanted = [where.RELEASE.vn.eq(where.VN.id.eq(f"v{follow.subject_id}"))]
    else:
        wanted = [where.RELEASE.developer_id.eq(f"p{follow.subject_id}")]
    wanted.append(where.RELEASE.released.gt(today))
    # All that `is_followed` looks at is asked for: a developer may have hundreds to come, in any language.
    if follow.language is not None:
        wanted.append(where.RELEASE.lang.eq(follow.language))
    if follow.platform is not None:
        wanted.append(where.RELEASE.platform.eq(follow.platform))
    query = ListQuery(kinds.RELEASE, all_of(*wanted), sort="released", results=5, fields=RELEASE_FIELDS)
    found = await sources.vndb.fetch_list(query)
    return name_next_release(release for release in found.items if is_followed(release, follow))


def is_followed(release: Release, follow: Follow) -> bool:
    """Whether a release is one that the follow of a novel or developer is about."""
    if follow.kind == "vn":
        meant = any(vn.id == f"v{follow.subject_id}" for vn in release.vns)
    else:
        meant = any(one.developer and one.id == f"p{follow.subject_id}" for one in release.producers)
    spoken = follow.language is None or any(one.lang == follow.language for one in release.languages)
    return meant and spoken and (follow.platform is None or follow.platform in release.platforms)


def _list_announced(episodes: Sequence[AiringEpisode], work: MediaRow | None) -> list[tuple[int, int]]:
    """When which episode airs or aired."""
    announced = [(one.airing_at, one.episode) for one in episodes]
    if work is not None and work.next_airing_episode is not None:
        announced.append((work.next_airing_episode.airing_at, work.next_airing_episode.episode))
    return announced


def name_next_episode(episodes: Sequence[AiringEpisode], since_s: int, *, work: MediaRow | None = None) -> str:
    """The sentence that says which episode airs after that time, and when. `work` knows what the schedule does not."""
    is_begun = any(one.airing_at <= since_s for one in episodes)
    later = [one for one in _list_announced(episodes, work) if one[0] > since_s]
    if later:
        airing_at, episode = min(later)
        return f"Next: episode {episode:,}, <t:{airing_at}:f> (<t:{airing_at}:R>)"
    if work is not None and work.status == "NOT_YET_RELEASED" and not is_begun:
        begins = format_fuzzy_date(work.start_date)
        return f"Next: episode 1, {begins}" if begins else "When it begins is not announced yet."
    if work is None:
        return _NOTHING_YET
    last = max((one.episode for one in episodes), default=0)
    if last and last == work.episodes:  # AniList calls it finished hours after it was
        return f"Episode {last:,} is the last one."
    return _ENDS.get(work.status or "", _NOTHING_YET)


def name_next_release(releases: Iterable[Release]) -> str:
    """The sentence that says what comes out first of these, the earliest first, and when."""
    first = next(iter(releases), None)
    if first is None:
        return "No further release is announced yet."
    date = format_date(first.released)
    when = "without a date yet" if date in {"TBA", "Unknown"} else date
    return f"Next: {clip(escape_line(first.title), _TITLE_LIMIT) or first.id}, {when}"
