"""Follows are made, listed and ended here. Who may is checked each time: a button may be older than permissions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from bot.account.model import Service
from bot.errors import InvalidInput, NotAllowed, ServiceError
from bot.follow.daily import HEADINGS, build_timed, find_period_s, find_turn, list_moved
from bot.follow.digest import TITLE as DIGEST_TITLE
from bot.follow.item import Editable, FollowActions, Listed, UndoButton, Wish
from bot.follow.list import (
    Ended,
    FollowLine,
    add_ended,
    explain_clock,
    name_follow,
    render_ended,
    render_follow_list,
    render_followed,
    render_listed,
    render_pick,
    render_several,
    tell_late,
)
from bot.follow.model import BY_CLOCK, DAY_S, DIGEST, MINE, WORKS, Follow, PostKind
from bot.follow.named import find_named
from bot.follow.own_list import build_list_follow, describe_list, explain_list, find_account
from bot.follow.place import (
    MANAGE,
    GuildChannel,
    check_channel,
    check_role,
    manages,
    manages_known,
    name_channel,
    name_threadless,
    refuse_threads,
)
from bot.follow.record import PER_PERSON, PER_SERVER, FollowRecords
from bot.follow.role import find_role_error
from bot.follow.subject import Subject, SubjectKind, find_subjects, name_subject, refuse_adult
from bot.follow.upcoming import UNKNOWN, fetch_outlook
from bot.gate.rules import Hosted
from bot.http import Clock
from bot.interaction.error import render_error
from bot.interaction.latest import Latest
from bot.interaction.place import is_age_restricted, watch_rules
from bot.interaction.reply import Interaction, Work, answer, change
from bot.lookup.source import Sources
from bot.navigation.frame import PageView
from bot.navigation.page import Visit
from bot.store.store import Store
from bot.vndb.api.names import Names

_DIRECT = "`/follow` without “channel” tells you by direct message."
_OTHERS_CLOCK = (
    "It would move what others have told here at an hour of the day: a server has one clock. "
    "Without `utc_offset` this goes by it, too."
)
_GONE = "is not there any more; /follow list shows what is"
_NOT_CHANGED = {"gone": _GONE, "busy": "is just being told; it can be moved in a few minutes"}
_CHOICES_AT_MOST = 25
_MINUTE_S = 60
_HOUR_S = 3600
_DELAY_MINUTES_AT_MOST = 1440


class FollowPanel(FollowActions):
    """What `/follow` and the buttons of notices and lists do."""

    def __init__(
        self,
        records: FollowRecords,
        *,
        build_visit: Callable[[Interaction], Visit[Sources]],
        clock: Clock,
        store: Store,
        hosted: Hosted,
    ) -> None:
        self._records = records
        self._build_visit = build_visit
        self._clock = clock
        self._store = store
        self._hosted = hosted
        self._shown = Latest()

    async def add(self, interaction: Interaction, kind: SubjectKind, text: str, wish: Wish) -> PageView:
        """Follow what `text` names, or change the role and delay if it is followed there already; ask which one if it
        may mean several.

        Raises `InvalidInput`, `NotAllowed`, `NotFound`, `ServiceError`, `StoreError`.
        """
        channel = None
        if wish.channel_id is not None:
            channel = await check_channel(interaction, wish.channel_id, threads=wish.threads, instead=_DIRECT)
        check_role(interaction, wish.role_id, channel)
        if wish.threads and channel is None:
            raise InvalidInput("threads", "are opened in a channel only; choose one too")
        if wish.threads and channel is not None and (threadless := name_threadless(channel)):
            raise refuse_threads(threadless)
        subjects = await find_subjects(kind, text, self._build_visit(interaction), now_s=self._clock.time())
        if len(subjects) > 1:
            return render_pick(text, subjects, wish)
        return await self._follow(interaction, subjects[0], wish, channel)

    async def _follow(
        self, interaction: Interaction, subject: Subject, wish: Wish, channel: GuildChannel | None
    ) -> PageView:
        if subject.adult and not is_age_restricted(channel, self._store, self._hosted):
            raise refuse_adult(self._build_visit(interaction).viewer, direct=channel is None)
        follow = Follow(
            id=interaction.id,
            kind=subject.kind,
            subject_id=subject.id,
            title=subject.title,
            adult=subject.adult,
            user_id=interaction.user.id,
            guild_id=None if channel is None else interaction.guild_id,
            channel_id=wish.channel_id,
            role_id=wish.role_id,
            delay_s=wish.delay_s,
            language=wish.language,
            platform=wish.platform,
            created_s=int(interaction.created_at.timestamp()),
            threads=wish.threads,
        )
        added = await self._records.add_follow(follow)
        _check_added(added, follow)
        (line,) = await self._build_lines([follow], interaction)
        return render_followed(line, changed=added == "changed", ahead=await self._look_ahead(follow, interaction))

    async def add_mine(self, interaction: Interaction, service: Service) -> PageView:
        """Tell somebody, by direct message, of all on their list. Raises `InvalidInput`, `NotLinked`, `StoreError`."""
        account = await find_account(self._records.lists, interaction.user.id, service)
        made = build_list_follow(interaction, service)
        _check_added(await self._records.add_follow(made), made)
        (line,) = await self._build_lines([made], interaction)
        return render_followed(line, ahead=explain_list(account))

    async def add_post(
        self, interaction: Interaction, kind: PostKind, channel_id: int, *, hour: int, utc_offset: float | None
    ) -> PageView:
        """Post something every day at that hour, in hours ahead of UTC (None: as the server's other posts).

        Raises `InvalidInput`, `NotAllowed`, `Unavailable`, `StoreError`.
        """
        await check_channel(interaction, channel_id)
        offset_s = await self._find_offset(interaction, utc_offset)
        post = build_timed(
            interaction, kind, channel_id, title=HEADINGS[kind], delay_s=hour * _HOUR_S, offset_s=offset_s
        )
        return await self._add_timed(interaction, post, "daily post", utc_offset)

    async def add_digest(
        self,
        interaction: Interaction,
        channel_id: int,
        *,
        role_id: int | None,
        weekday: int,
        hour: int,
        utc_offset: float | None,
    ) -> PageView:
        """Tell once a week what that channel follows, and nothing singly. `weekday` counts from Monday, 0.

        Raises as `add_post`.
        """
        check_role(interaction, role_id, await check_channel(interaction, channel_id))
        offset_s, delay_s = await self._find_offset(interaction, utc_offset), weekday * DAY_S + hour * _HOUR_S
        made = build_timed(interaction, DIGEST, channel_id, title=DIGEST_TITLE, delay_s=delay_s, offset_s=offset_s)
        return await self._add_timed(interaction, replace(made, role_id=role_id), "digest", utc_offset)

    async def _find_offset(self, interaction: Interaction, utc_offset: float | None) -> int:
        if utc_offset is None:
            return await self._records.find_offset(interaction.guild_id or 0)
        return round(utc_offset * 4) * 900

    async def _add_timed(self, interaction: Interaction, made: Follow, what: str, utc_offset: float | None) -> PageView:
        here = await self._records.list_follows(
            kinds=BY_CLOCK, user_id=interaction.user.id, guild_id=interaction.guild_id
        )
        moved = list_moved(here, made)
        if any(one.user_id != made.user_id for one in moved) and not interaction.permissions.manage_guild:
            raise NotAllowed("Manage Server", instead=_OTHERS_CLOCK)
        added = await self._records.add_follow(made)
        _check_added(added, made, what)
        turn = find_turn(made, int(self._clock.time()))
        comes_now = turn.due_s >= made.created_s and not await self._records.was_told(made, turn.key)
        first_s = turn.due_s if comes_now else turn.due_s + find_period_s(made)
        (line,) = await self._build_lines([made], interaction)
        ahead = f"Next: <t:{first_s}:f> (<t:{first_s}:R>)"
        if made.kind == DIGEST:
            ahead += "\nWhat this channel follows is told there then, in place of single notices."
        ahead += explain_clock(made.offset_s, utc_offset, [one.title for one in moved])
        return render_followed(line, changed=added == "changed", ahead=ahead)

    async def _look_ahead(self, follow: Follow, interaction: Interaction) -> str:
        try:
            sources, now_s = self._build_visit(interaction).sources, int(self._clock.time())
            return (await fetch_outlook(follow, sources, since_s=now_s // _MINUTE_S * _MINUTE_S)).next
        except ServiceError:
            return UNKNOWN

    async def show(self, interaction: Interaction) -> None:
        """Answer with the list, privately."""
        await self._answer(interaction, self._list(interaction, 1))

    async def _answer(self, interaction: Interaction, work: Work) -> None:
        """Answer privately, while what may be named there is what it was."""
        still_right = watch_rules(interaction, self._store, hosted=self._hosted)
        await answer(interaction, work, clock=self._clock, private=True, still_right=still_right)

    async def _show_instead(self, interaction: Interaction, work: Work, *, changes: bool = False) -> None:
        """The same in place of the message that was pressed. What changes something always says so."""
        if changes:
            self._shown.claim(interaction)
        still_right = watch_rules(interaction, self._store, hosted=self._hosted)
        latest = None if changes else self._shown
        await change(interaction, work, clock=self._clock, still_right=still_right, latest=latest)

    async def remove(self, interaction: Interaction, follow_id: int) -> PageView:
        """End a follow. Raises `InvalidInput` if there is none, `NotAllowed`, `StoreError`."""
        return render_ended(await self._end(interaction, follow_id))

    async def _end(self, interaction: Interaction, follow_id: int) -> Ended:
        follow = await self._find(interaction, follow_id)
        late = await self._records.count_late(follow, int(self._clock.time()))
        (line,) = await self._build_lines([follow], interaction)  # while it is known what it tells
        goes_on = await self._records.delete_follow(follow.id)
        # Of one that is told no more, nothing is missed.
        return Ended(line, _build_undo(follow, interaction), goes_on, late if follow.kind == DIGEST else 0)

    async def _find(self, interaction: Interaction, follow_id: int) -> Follow:
        """A follow that this person may end. Raises as `remove` does."""
        follow = await self._records.find_follow(follow_id)
        if follow is not None and follow.part_of:
            follow = await self._records.find_follow(follow.part_of)
        own = follow is not None and follow.user_id == interaction.user.id
        # Of other people's, and other servers', nobody learns that there is one.
        if follow is None or not (own or (follow.guild_id and follow.guild_id == interaction.guild_id)):
            raise InvalidInput("follow", _GONE)
        if not own and not await manages(follow, interaction):
            raise NotAllowed(*MANAGE)
        return follow

    async def remove_named(self, interaction: Interaction, text: str) -> PageView:
        """End the follow that was chosen from the suggestions, or whose name was typed; ask which one if several are
        called so. Raises as `remove` does.
        """
        named = find_named(text, await self._list_lines(interaction))
        if len(named) > 1:
            return render_several(text, named)
        return await self.remove(interaction, named[0].id if named else 0)

    async def suggest(self, interaction: Interaction, text: str) -> list[tuple[str, str]]:
        """The follows that a person may end, as (name, id), by what was typed of their names."""
        lines = await self._list_lines(interaction)
        wanted = text.strip().casefold()
        named = [(name_follow(line), str(line.id)) for line in lines]
        return [one for one in named if wanted in one[0].casefold()][:_CHOICES_AT_MOST]

    # What is pressed (documented in `FollowActions`)

    async def end(self, interaction: Interaction, follow_id: int) -> None:
        # It takes no time in which a channel is opened, and what was done has to be said, with the way back.
        await answer(interaction, self.remove(interaction, follow_id), clock=self._clock, private=True)

    async def list_again(self, interaction: Interaction) -> None:
        await self.show(interaction)

    async def open_listed(self, interaction: Interaction, listed: Listed) -> None:
        await self._show_instead(interaction, self._open(interaction, listed))

    async def end_listed(self, interaction: Interaction, listed: Listed) -> None:
        self._shown.claim(interaction)
        await change(interaction, self._end_listed(interaction, listed), clock=self._clock)  # as `end`

    async def edit(self, interaction: Interaction, listed: Listed, what: Editable, value: int) -> None:
        await self._show_instead(interaction, self._edit(interaction, listed, what, value), changes=True)

    async def pick(self, interaction: Interaction, kind: SubjectKind, subject_id: int, wish: Wish) -> None:
        picked = self.add(interaction, kind, name_subject(kind, subject_id), wish)
        await self._show_instead(interaction, picked, changes=True)

    async def turn(self, interaction: Interaction, number: int) -> None:
        await self._show_instead(interaction, self._list(interaction, number))

    async def _end_listed(self, interaction: Interaction, listed: Listed) -> PageView:
        ended = await self._end(interaction, listed.id)
        return add_ended(await self._list(interaction, listed.number), ended)

    async def undo(self, interaction: Interaction, kind: SubjectKind, subject_id: int, wish: Wish) -> None:
        again = self.add(interaction, kind, name_subject(kind, subject_id), wish)
        await self._answer(interaction, again)

    async def _open(self, interaction: Interaction, listed: Listed, *, note: str = "") -> PageView:
        follow = await self._find(interaction, listed.id)
        (line,) = await self._build_lines([follow], interaction)
        told = line.title and follow.kind in WORKS
        return render_listed(
            line,
            number=listed.number,
            in_server=await _is_changed_here(follow, interaction),
            own=follow.user_id == interaction.user.id,
            ahead=await self._look_ahead(follow, interaction) if told else "",
            note=note,
        )

    async def _edit(self, interaction: Interaction, listed: Listed, what: Editable, value: int) -> PageView:
        follow = await self._find(interaction, listed.id)
        try:
            note = await self._save(interaction, follow, what, value)
        except (InvalidInput, NotAllowed) as refused:  # drawn anew, since Discord goes on showing what was chosen
            note = f"⚠️ Nothing was changed. {render_error(refused)}"
        return await self._open(interaction, listed, note=note)

    async def _save(self, interaction: Interaction, follow: Follow, what: Editable, value: int) -> str:
        """Change a follow. Gives what is said; raises `InvalidInput`, `NotAllowed`, `Unavailable`, `StoreError`."""
        if follow.channel_id is not None and not await manages(follow, interaction):
            raise NotAllowed(*MANAGE)
        if follow.kind == MINE:
            raise InvalidInput("follow", "is a list of your own: it is told as it is, or stopped")
        wanted = _change(follow, what, value, interaction)
        if what in ("hour", "weekday"):
            wanted = replace(wanted, created_s=int(self._clock.time()))
        channel = await self._check_place(interaction, wanted, what)
        threadless = name_threadless(channel) if channel is not None and wanted.threads else ""
        if threadless and what == "threads":
            raise refuse_threads(threadless)
        wanted = replace(wanted, threads=wanted.threads and not threadless)
        now_s = int(self._clock.time())
        late = await self._records.count_late(follow, now_s) if what == "channel" else 0
        if late and follow.kind != DIGEST and await self._records.find_digests([wanted.channel_id or 0]):
            late = 0  # it waits for the digest of that channel
        changed = await self._records.change_follow(wanted, now_s)
        _check_added(changed, wanted)
        if changed in _NOT_CHANGED:
            raise InvalidInput("follow", _NOT_CHANGED[changed])
        said = "-# ✅ Saved." + (
            f" Episodes have no threads there: Discord has none {threadless}." if threadless else ""
        )
        return f"{said}\n{tell_late(late)}" if late else said

    async def _check_place(self, interaction: Interaction, wanted: Follow, what: Editable) -> GuildChannel | None:
        """The channel of a follow of which that was changed, where the channel matters to it. Raises as `_save`."""
        if wanted.channel_id is None and what == "channel":
            _check_direct(wanted, interaction)
        opens = what == "threads" and wanted.threads
        if wanted.channel_id is None or not (opens or what in ("channel", "role")):
            return None
        threads = wanted.threads and what != "role"
        channel = await check_channel(interaction, wanted.channel_id, threads=threads)
        if what == "threads":
            return channel
        check_role(interaction, wanted.role_id, channel)
        if wanted.adult and not is_age_restricted(channel, self._store, self._hosted):
            raise refuse_adult(self._build_visit(interaction).viewer)
        return channel

    async def _list(self, interaction: Interaction, number: int) -> PageView:
        return render_follow_list(await self._list_lines(interaction), number=number)

    async def _list_lines(self, interaction: Interaction) -> list[FollowLine]:
        """Of the server's follows, those who do not manage it see the ones they made."""
        follows = await self._records.list_follows(user_id=interaction.user.id, guild_id=interaction.guild_id)
        shown = [one for one in follows if one.user_id == interaction.user.id or manages_known(one, interaction)]
        return await self._build_lines(shown, interaction)

    async def _build_lines(self, follows: Sequence[Follow], interaction: Interaction) -> list[FollowLine]:
        names = None
        if any(one.language or one.platform for one in follows):
            names = await self._build_visit(interaction).sources.vndb.fetch_names()
        digests = await self._records.find_digests({one.channel_id for one in follows if one.channel_id is not None})
        lines = [self._build_line(one, interaction, names) for one in follows]
        lines = [replace(one, in_digest=one.kind in WORKS and one.channel_id in digests) for one in lines]
        now_s = int(self._clock.time())
        return [
            await describe_list(line, one, self._records.lists, now_s) for line, one in zip(lines, follows, strict=True)
        ]

    def _build_line(self, follow: Follow, interaction: Interaction, names: Names | None) -> FollowLine:
        wishes = [] if names is None else [names.language(follow.language or ""), names.platform(follow.platform or "")]
        adults = is_age_restricted(interaction.channel, self._store, self._hosted)
        return FollowLine(
            id=follow.id,
            kind=follow.kind,
            title="" if follow.adult and not adults else follow.title,
            channel_id=follow.channel_id,
            place="by direct message" if follow.channel_id is None else name_channel(follow.channel_id, interaction),
            role_id=follow.role_id,
            role_error=find_role_error(follow, interaction.client.get_guild(follow.guild_id or 0)),
            threads=follow.threads,
            offset_s=follow.offset_s,
            thread_error=follow.thread_error,
            delay_s=follow.delay_s,
            wishes=[one for one in wishes if one],
            closed=follow.adult and self._is_closed(follow, interaction),
            refused=follow.refusals > 0,
        )

    def _is_closed(self, follow: Follow, interaction: Interaction) -> bool:
        """Whether what is for adults may not stand where it would be told, as far as that is known."""
        channel = interaction.client.get_channel(follow.channel_id or 0)
        return channel is not None and not is_age_restricted(channel, self._store, self._hosted)


def _check_added(added: str, made: Follow, what: str = "follow") -> None:
    """Raises `InvalidInput` if there is one like it, or no place for one more."""
    if added == "known":
        raise InvalidInput(what, "is there already; /follow list shows it")
    if added == "full":
        whose = f"server has {PER_SERVER}" if made.channel_id else f"list of your own follows has {PER_PERSON}"
        raise InvalidInput(what, f"is one too many: the {whose}; end one first")


def _change(follow: Follow, what: Editable, value: int, interaction: Interaction) -> Follow:
    """The follow as it should be."""
    if what == "delay":
        return replace(follow, delay_s=min(value, _DELAY_MINUTES_AT_MOST) * _MINUTE_S)
    if what == "role":
        return replace(follow, role_id=value or None)
    if what == "threads":
        return replace(follow, threads=bool(value))
    if what == "hour":
        return replace(follow, delay_s=follow.delay_s // DAY_S * DAY_S + min(value, 23) * _HOUR_S)
    if what == "weekday":
        return replace(follow, delay_s=min(value, 6) * DAY_S + follow.delay_s % DAY_S)
    told = replace(follow, channel_id=value, guild_id=interaction.guild_id)
    return told if value else replace(told, channel_id=None, guild_id=None, role_id=None, threads=False)


def _check_direct(follow: Follow, interaction: Interaction) -> None:
    """Raises `InvalidInput` if whoever asks may not be told of it by direct message."""
    if follow.kind not in WORKS or follow.user_id != interaction.user.id:
        raise InvalidInput("follow", "is told in a channel only: what you follow yourself can come by direct message")
    if follow.adult:
        raise InvalidInput("follow", "is for adults, or may be: it is told in age-restricted channels only")


def _build_undo(follow: Follow, interaction: Interaction) -> UndoButton | None:
    """What follows it again; None where it was told to somebody else, or cannot be followed by a press."""
    if follow.kind not in ("anime", "vn", "developer"):
        return None
    if follow.channel_id is None and follow.user_id != interaction.user.id:
        return None
    wish = Wish(
        follow.channel_id, follow.role_id, follow.delay_s, follow.language, follow.platform, threads=follow.threads
    )
    return UndoButton(follow.kind, follow.subject_id, wish)


async def _is_changed_here(follow: Follow, interaction: Interaction) -> bool:
    """Whether its channel can be chosen here: it is told here, or to the person who looks, or should be."""
    if interaction.guild is None or follow.kind == MINE:
        return False
    return follow.channel_id is None or await manages(follow, interaction)
