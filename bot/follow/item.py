"""What can be pressed in a notice and in the list of follows. Custom ids name follows, and so outlive a restart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, Self, cast

import discord
import msgspec
from discord import ui

from bot.follow.subject import SubjectKind
from bot.navigation.item import Interaction, Once

_KINDS: Mapping[str, SubjectKind] = {"anime": "anime", "vn": "vn", "developer": "developer"}


class Wish(msgspec.Struct, frozen=True):
    """Who is to be told, and when. `channel_id` None: the person, by direct message. The codes are VNDB's."""

    channel_id: int | None = None
    role_id: int | None = None
    delay_s: int = 0
    language: str | None = None
    platform: str | None = None
    threads: bool = False


Editable = Literal["channel", "role", "delay", "threads", "hour", "weekday"]


class Listed(msgspec.Struct, frozen=True):
    """A follow, and the page of the list from which it was opened."""

    id: int
    number: int


class FollowActions(Protocol):
    """What is done when one of these is used, the bot's `follows`. It checks who may; nothing here does."""

    async def end(self, interaction: Interaction, follow_id: int) -> None:
        """End a follow, and say so to the one who pressed."""
        ...

    async def list_again(self, interaction: Interaction) -> None:
        """Show the list of what is followed there to the one who pressed."""
        ...

    async def open_listed(self, interaction: Interaction, listed: Listed) -> None:
        """Show a follow with what can be changed of it, in place of the list."""
        ...

    async def end_listed(self, interaction: Interaction, listed: Listed) -> None:
        """End a follow, and show its page of the list again."""
        ...

    async def edit(self, interaction: Interaction, listed: Listed, what: Editable, value: int) -> None:
        """Change a follow, and show it as it is then. `value`: an id (0: none), or minutes."""
        ...

    async def undo(self, interaction: Interaction, kind: SubjectKind, subject_id: int, wish: Wish) -> None:
        """Follow again what was ended, and say so beside the message."""
        ...

    async def pick(self, interaction: Interaction, kind: SubjectKind, subject_id: int, wish: Wish) -> None:
        """Follow what was picked, and say so in place of the message."""
        ...

    async def turn(self, interaction: Interaction, number: int) -> None:
        """Show that page of the list, in place of the message."""
        ...


class _HasFollows(Protocol):
    @property
    def follows(self) -> FollowActions: ...


class EndButton(
    Once,
    ui.DynamicItem[ui.Button[Any]],
    template=r"unfollow:(?P<follow>[0-9]{1,20}):(?P<key>[derw][0-9]{1,10})(?P<restricted>:18)?",
):
    """Ends the follow that a notice is of. It tells notices apart, too: see `name_notice`."""

    def __init__(self, follow_id: int, key: str, *, restricted: bool, label: str = "Stop") -> None:
        self.follow_id = follow_id
        self.key = key
        custom_id = name_notice(follow_id, key, restricted=restricted)
        super().__init__(ui.Button(label=label, emoji="🔕", custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(int(match["follow"]), match["key"], restricted=match["restricted"] is not None)

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).end(interaction, self.follow_id)


class FollowsButton(Once, ui.DynamicItem[ui.Button[Any]], template=r"follows"):
    """Shows the list of what is followed to the one who presses it, beside the message."""

    def __init__(self, *, label: str) -> None:
        super().__init__(ui.Button(label=label, emoji="📋", custom_id="follows"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], _match: re.Match[str], /) -> Self:
        return cls(label="…")

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).list_again(interaction)


class FollowSelect(Once, ui.DynamicItem[ui.Select[Any]], template=r"followed:(?P<number>[1-9][0-9]?)"):
    """Opens a follow of that page of the list, to change or stop it."""

    def __init__(self, options: Sequence[discord.SelectOption], *, number: int) -> None:
        self.number = number
        placeholder = "Pick one to change or stop it"
        super().__init__(ui.Select(options=list(options), placeholder=placeholder, custom_id=f"followed:{number}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls([], number=int(match["number"]))

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).open_listed(interaction, Listed(_read_chosen(interaction), self.number))


_LISTED = r"(?P<follow>[0-9]{1,20}):(?P<number>[1-9][0-9]?)"


class StopListedButton(Once, ui.DynamicItem[ui.Button[Any]], template=f"follows-stop:{_LISTED}"):
    """Ends the follow that is open, and leads back to the list."""

    def __init__(self, listed: Listed) -> None:
        self.listed = listed
        custom_id = f"follows-stop:{listed.id}:{listed.number}"
        super().__init__(ui.Button(label="Stop", emoji="🔕", style=discord.ButtonStyle.danger, custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read_listed(match))

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).end_listed(interaction, self.listed)


class MoveSelect(Once, ui.DynamicItem[ui.ChannelSelect[Any]], template=f"follows-channel:{_LISTED}"):
    """Has the follow that is open tell another channel."""

    def __init__(self, listed: Listed, *, channel_id: int | None = None) -> None:
        self.listed = listed
        kinds = discord.ChannelType
        super().__init__(
            ui.ChannelSelect(
                custom_id=f"follows-channel:{listed.id}:{listed.number}",
                placeholder="Where it is told",
                channel_types=[kinds.text, kinds.news, kinds.voice, kinds.public_thread, kinds.private_thread],
                default_values=[discord.SelectDefaultValue(id=channel_id, type=discord.SelectDefaultValueType.channel)]
                if channel_id
                else [],
            )
        )

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read_listed(match))

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).edit(interaction, self.listed, "channel", _read_chosen(interaction))


class RoleSelect(Once, ui.DynamicItem[ui.RoleSelect[Any]], template=f"follows-role:{_LISTED}"):
    """Has the follow that is open mention another role, or none."""

    def __init__(self, listed: Listed, *, role_id: int | None = None) -> None:
        self.listed = listed
        super().__init__(
            ui.RoleSelect(
                custom_id=f"follows-role:{listed.id}:{listed.number}",
                placeholder="Who is mentioned: nobody",
                min_values=0,
                default_values=[discord.Object(role_id, type=discord.Role)] if role_id else [],
            )
        )

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read_listed(match))

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).edit(interaction, self.listed, "role", _read_chosen(interaction))


class DelaySelect(Once, ui.DynamicItem[ui.Select[Any]], template=f"follows-delay:{_LISTED}"):
    """Has the follow that is open tell sooner or later. The values are minutes."""

    def __init__(self, options: Sequence[discord.SelectOption], listed: Listed) -> None:
        self.listed = listed
        super().__init__(ui.Select(options=list(options), custom_id=f"follows-delay:{listed.id}:{listed.number}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls([], _read_listed(match))

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).edit(interaction, self.listed, "delay", _read_chosen(interaction))


class HourSelect(Once, ui.DynamicItem[ui.Select[Any]], template=f"follows-hour:{_LISTED}"):
    """Has what comes by the clock come at another hour."""

    def __init__(self, options: Sequence[discord.SelectOption], listed: Listed) -> None:
        self.listed = listed
        super().__init__(ui.Select(options=list(options), custom_id=f"follows-hour:{listed.id}:{listed.number}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls([], _read_listed(match))

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).edit(interaction, self.listed, "hour", _read_chosen(interaction))


class WeekdaySelect(Once, ui.DynamicItem[ui.Select[Any]], template=f"follows-weekday:{_LISTED}"):
    """Has a digest come on another day. The values count from Monday, 0."""

    def __init__(self, options: Sequence[discord.SelectOption], listed: Listed) -> None:
        self.listed = listed
        super().__init__(ui.Select(options=list(options), custom_id=f"follows-weekday:{listed.id}:{listed.number}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls([], _read_listed(match))

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).edit(interaction, self.listed, "weekday", _read_chosen(interaction))


class ThreadsButton(Once, ui.DynamicItem[ui.Button[Any]], template=f"follows-threads:{_LISTED}:(?P<wanted>[01])"):
    """Has the follow that is open begin a thread for each episode, or no more."""

    def __init__(self, listed: Listed, *, wanted: bool) -> None:
        self.listed = listed
        self.wanted = wanted
        label = "Threads for episodes" if wanted else "No threads for episodes"
        custom_id = f"follows-threads:{listed.id}:{listed.number}:{int(wanted)}"
        super().__init__(ui.Button(label=label, emoji="🧵", custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read_listed(match), wanted=match["wanted"] == "1")

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).edit(interaction, self.listed, "threads", int(self.wanted))


class DirectButton(Once, ui.DynamicItem[ui.Button[Any]], template=f"follows-direct:{_LISTED}"):
    """Has the follow that is open tell whoever made it by direct message."""

    def __init__(self, listed: Listed) -> None:
        self.listed = listed
        custom_id = f"follows-direct:{listed.id}:{listed.number}"
        super().__init__(ui.Button(label="By direct message", emoji="✉️", custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read_listed(match))

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).edit(interaction, self.listed, "channel", 0)


class ListButton(Once, ui.DynamicItem[ui.Button[Any]], template=r"follows:(?P<number>[1-9][0-9]?)"):
    """Leads to another page of the list."""

    def __init__(self, number: int, *, label: str, emoji: str | None = None) -> None:
        self.number = number
        super().__init__(ui.Button(label=label, emoji=emoji, custom_id=f"follows:{number}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(int(match["number"]), label="…")

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).turn(interaction, self.number)


_WISH = (
    r"(?P<channel>[0-9]{0,20}):(?P<role>[0-9]{0,20})"
    r":(?P<delay>[0-9]{1,5}):(?P<language>[^:]{0,16}):(?P<platform>[^:]{0,16}):(?P<threads>t?)"
)


def _write_wish(wish: Wish) -> str:
    parts = (wish.channel_id or "", wish.role_id or "", wish.delay_s, wish.language or "", wish.platform or "")
    return ":".join(map(str, (*parts, "t" if wish.threads else "")))


def _read_wish(match: re.Match[str]) -> Wish:
    return Wish(
        int(match["channel"] or 0) or None,
        int(match["role"] or 0) or None,
        int(match["delay"]),
        match["language"] or None,
        match["platform"] or None,
        bool(match["threads"]),
    )


class PickSelect(Once, ui.DynamicItem[ui.Select[Any]], template=rf"follow:(?P<kind>anime|vn|developer):{_WISH}"):
    """Follows one of several that were meant, as it was wished for."""

    def __init__(self, options: Sequence[discord.SelectOption], *, kind: SubjectKind, wish: Wish) -> None:
        self.kind: SubjectKind = kind
        self.wish = wish
        custom_id = f"follow:{kind}:{_write_wish(wish)}"
        super().__init__(ui.Select(options=list(options), placeholder="Pick one to follow it", custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls.from_match(match)

    @classmethod
    def from_match(cls, match: re.Match[str]) -> Self:
        """As it was, but for its options, which Discord tells with what was chosen."""
        return cls([], kind=_KINDS[match["kind"]], wish=_read_wish(match))

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).pick(interaction, self.kind, _read_chosen(interaction), self.wish)


class UndoButton(
    Once,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"refollow:(?P<kind>anime|vn|developer):(?P<subject>[1-9][0-9]{{0,9}}):{_WISH}",
):
    """Follows again what was ended, as it was followed."""

    def __init__(self, kind: SubjectKind, subject_id: int, wish: Wish) -> None:
        self.kind: SubjectKind = kind
        self.subject_id = subject_id
        self.wish = wish
        custom_id = f"refollow:{kind}:{subject_id}:{_write_wish(wish)}"
        super().__init__(ui.Button(label="Undo", emoji="↩️", custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_KINDS[match["kind"]], int(match["subject"]), _read_wish(match))

    async def callback(self, interaction: Interaction) -> None:
        await _follows(interaction).undo(interaction, self.kind, self.subject_id, self.wish)


FOLLOW_ITEMS = (
    EndButton,
    FollowsButton,
    FollowSelect,
    StopListedButton,
    MoveSelect,
    RoleSelect,
    DelaySelect,
    HourSelect,
    WeekdaySelect,
    ThreadsButton,
    DirectButton,
    ListButton,
    PickSelect,
    UndoButton,
)


def name_notice(follow_id: int, key: str, *, restricted: bool) -> str:
    """The custom id by which a message is known to be that notice, and whether it was made for an age-restricted
    channel.
    """
    return f"unfollow:{follow_id}:{key}" + (":18" if restricted else "")


def _read_listed(match: re.Match[str]) -> Listed:
    return Listed(int(match["follow"]), int(match["number"]))


def _read_chosen(interaction: Interaction) -> int:
    """The number that was chosen in a select; 0 if it is none."""
    values = cast("list[str]", (interaction.data or {}).get("values", []))
    return int(values[0]) if values and re.fullmatch("[0-9]{1,20}", values[0]) else 0


def _follows(interaction: Interaction) -> FollowActions:
    return cast("_HasFollows", interaction.client).follows
