"""Whom a command asks about: the asker's own account, that of a member who shows it here, or who is named."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, cast

import discord
import msgspec
from msgspec.structs import replace

from bot.account.item import name_link
from bot.account.list_record import ListRecords
from bot.account.member import Members
from bot.account.model import Account, Service
from bot.account.panel import find_guild
from bot.account.record import AccountRecords
from bot.errors import InvalidInput, NotFound, NotLinked, StoreError
from bot.http import Clock
from bot.interaction.reply import Interaction
from bot.lookup.person import find_anilist_account, find_anilist_user, find_vndb_account, find_vndb_user
from bot.lookup.source import Sources
from bot.navigation.here import Here, NearTaste, Ranking, Reader, Survey
from bot.navigation.page import Visit
from bot.service.suggest import fold
from bot.store.database import Database

PRIVACY_WITHIN_S = 1.0
"""How long it may take to find out whether an answer may be public: Discord waits three seconds for it."""
SUGGEST_WITHIN_S = 0.4
"""Discord wants suggestions within three seconds, and people want them at once."""

_MENTION = re.compile(r"<@!?([1-9][0-9]{0,18})>")
_IDS = range(2**63)
_FINDS = {"VNDB": (find_vndb_user, find_vndb_account), "AniList": (find_anilist_user, find_anilist_account)}

T = TypeVar("T")

log = logging.getLogger(__name__)


class Somebody(msgspec.Struct, frozen=True):
    """Somebody on a service. `name`: what was typed; None: the account of `user_id`.

    `guild`: the server where that is asked, if the bot is a member of it.
    """

    records: AccountRecords
    members: Members
    service: Service
    name: str | None
    user_id: int
    asker_id: int
    guild: discord.Guild | None

    async def is_private(self) -> bool:
        """Whether the answer is the asker's alone: it says what they linked, and they do not show that here."""
        if self.name is not None or self.user_id != self.asker_id:
            return False
        if self.guild is None:
            return True
        shown = self.records.find_shown(self.asker_id, self.guild.id, self.service)
        return await _within(PRIVACY_WITHIN_S, shown, otherwise=None) is None

    async def find(self, visit: Visit[Sources]) -> str:
        """The id of somebody on VNDB, the name on AniList. Raises `InvalidInput` for a member who shows nothing here,
        `NotLinked`, `NotFound`, `ServiceError`, `StoreError`.
        """
        by_name, by_account = _FINDS[self.service]
        linked = await self.find_linked()
        if linked is None:
            return await by_name(self.name or "", visit)
        try:
            account = await by_account(linked, visit)
        except NotFound as error:
            if self.user_id == self.asker_id:
                error.way = (f"Link {self.service}", name_link(self.service))
            raise
        if account != linked:
            await self._note(account)
        return account.id if self.service == "VNDB" else account.name

    async def find_linked(self) -> Account | None:
        """The account that is stored; None of somebody who is named. Raises as `find` does."""
        if self.name is not None:
            return None
        if self.user_id == self.asker_id:
            own = await self.records.find_own(self.asker_id, self.service)
            if own is None:
                error = NotLinked(self.service)
                error.way = (f"Link {self.service}", name_link(self.service))
                raise error
            return own
        if self.guild is None:
            raise InvalidInput(
                "member", "can be named only in a server that Shiori is a member of, where they show their lists"
            )
        shown = await self.records.find_shown(self.user_id, self.guild.id, self.service)
        if shown is None or self.user_id not in await self.members.find(self.guild, [self.user_id]):
            raise InvalidInput("member", f"has not linked an account on {self.service}, or does not show it here")
        return shown

    async def _note(self, account: Account) -> None:
        try:
            await self.records.note(account)
        except StoreError as error:  # it is noted when it is seen next
            log.info("a new name of an account is not noted: %s", error.reason)


async def find_both(first: Somebody, second: Somebody, visit: Visit[Sources]) -> tuple[str, str]:
    """Two people at once. Raises as each does, one `NotFound` that names both if neither is there, and `InvalidInput`
    if they are one.
    """
    found = await asyncio.gather(first.find(visit), second.find(visit), return_exceptions=True)
    missing = list(dict.fromkeys(one.what for one in found if isinstance(one, NotFound)))
    failed = next((one for one in found if isinstance(one, BaseException)), None)
    if isinstance(failed, NotFound) and len(missing) > 1:
        both = NotFound(failed.service, " and no ".join(missing))
        both.search = failed.search
        raise both
    if failed is not None:
        raise failed
    one, other = cast("list[str]", found)
    if one.casefold() == other.casefold():
        is_asker = first.name is None and first.user_id == first.asker_id
        raise InvalidInput("other user", "is you; name somebody else" if is_asker else "is the same as the first")
    return one, other


class Shown(NamedTuple):
    """A member, what they are `called` here, and the account that they show."""

    user_id: int
    called: str
    account: Account


class People:
    """Whom options mean that name somebody. `members`: who is still one of a server. `lists`: what they show there."""

    def __init__(self, records: AccountRecords, database: Database, *, clock: Clock) -> None:
        self._records = records
        self.lists = ListRecords(database)
        self._clock = clock
        self._shown: Mapping[int, frozenset[str]] = {}
        self.members = Members(records, clock=clock)

    async def refresh(self) -> None:
        """Find out which servers are shown something. Raises `StoreError`."""
        shown: dict[int, frozenset[str]] = {}
        for guild_id, service in await self.lists.list_shown():
            shown[guild_id] = shown.get(guild_id, frozenset()) | {service}
        self._shown = shown

    def list_services(self, interaction: Interaction) -> frozenset[str]:
        """The services on which members show their lists where something is used, as of the last `refresh`."""
        return self._shown.get(interaction.guild_id or 0, frozenset())

    def find_here(self, interaction: Interaction) -> Here | None:
        """The server where something is used, if the bot is a member of it."""
        guild = find_guild(interaction)
        return None if guild is None else _ShownHere(self.lists, self.members, guild, self._clock)

    def read(self, interaction: Interaction, service: Service, typed: str | None) -> Somebody:
        """Read what was typed; None: the option was left out."""
        mention = _MENTION.fullmatch(typed.strip()) if typed else None
        mentioned = int(mention[1]) if mention and int(mention[1]) in _IDS else None
        asker_id = interaction.user.id
        names = typed is not None and mentioned is None
        return Somebody(
            records=self._records,
            members=self.members,
            service=service,
            name=typed if names else None,
            user_id=mentioned or asker_id,
            asker_id=asker_id,
            guild=find_guild(interaction),
        )

    async def suggest(self, interaction: Interaction, service: Service, text: str) -> list[Shown]:
        """Members who show this server an account on a service, and are called like that, here or there.

        None at all where that is not known at once.
        """
        guild = find_guild(interaction)
        if guild is None:
            return []
        found: list[Shown] = await _within(SUGGEST_WITHIN_S, self.list_shown(guild, service), otherwise=[])
        wanted = fold(text.removeprefix("@"))
        return [one for one in found if wanted in fold(one.called) or wanted in fold(one.account.name)]

    async def list_shown(self, guild: discord.Guild, service: Service) -> list[Shown]:
        """All members who show a server an account on a service. Raises `StoreError`."""
        shown = dict(await self._records.shown(guild.id, service))
        names = await self.members.find(guild, shown)
        return [Shown(user_id, called, shown[user_id]) for user_id, called in names.items()]


@dataclass(frozen=True, slots=True)
class _ShownHere(Here):
    lists: ListRecords
    members: Members
    guild: discord.Guild
    clock: Clock

    async def list_readers(self, service: str, work_id: int) -> list[Reader]:
        now_s = int(self.clock.time())
        found = await self.lists.list_readers(self.guild.id, service, work_id, now_s=now_s)
        names = await self.members.find(self.guild, [one.user_id for one in found])
        return [one for one in found if one.user_id in names]

    async def survey(self, service: str, kind: str, ranking: Ranking, asker_id: int) -> Survey:
        everybody = await self.lists.list_shown_to(self.guild.id, service, now_s=int(self.clock.time()))
        names = await self.members.find(self.guild, [one.user_id for one in everybody])
        shown = [one for one in everybody if one.user_id in names]
        there = {one.user_id: one.account_id for one in shown if one.is_there}
        accounts = list(dict.fromkeys(there.values()))  # of one that several linked, each vote counts once
        own = "there" if asker_id in there else "hidden"
        if own == "hidden" and any(one.user_id == asker_id for one in shown):
            own = "waiting"
        survey = Survey(len(shown), len(shown) - len(there), own)
        if ranking != "taste":
            return replace(survey, works=await self.lists.rank_works(service, kind, accounts, ranking))
        if own != "there":
            return survey
        tastes = await self.lists.list_tastes(service, kind, there[asker_id], accounts)
        near = [
            NearTaste(user_id, taste.apart, taste.in_common)
            for taste in tastes
            for user_id, account_id in there.items()
            if account_id == taste.account_id
        ]
        return replace(survey, tastes=near)


_running: set[asyncio.Task[object]] = set()


async def _within(wait_s: float, asking: Coroutine[Any, Any, T], *, otherwise: T) -> T:
    """What the database and Discord say in time. A question that takes longer is asked to its end all the same: the
    next one finds the answer.
    """

    async def ask() -> T:
        try:
            return await asking
        except StoreError as error:
            log.info("done without what the database has: %s", error.reason)
            return otherwise

    task = asyncio.create_task(ask())
    _running.add(task)
    task.add_done_callback(_running.discard)
    done, _ = await asyncio.wait({task}, timeout=wait_s)
    return task.result() if done else otherwise
