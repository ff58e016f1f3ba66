"""The connection to Discord: which intents it asks for, which cogs it loads, when it registers commands."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import discord
from discord.ext import tasks
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.account.item import ACCOUNT_ITEMS
from bot.account.modal import parse_link
from bot.account.record import AccountRecords
from bot.account.seal import Sealer
from bot.account.token import Tokens
from bot.errors import InvalidInput, ShioriError, StoreError
from bot.follow.follower import Follower
from bot.follow.item import FOLLOW_ITEMS, Wish
from bot.follow.messenger import DiscordMessenger
from bot.follow.panel import FollowPanel
from bot.follow.record import FollowRecords
from bot.follow.subject import name_subject
from bot.gate.rules import HOSTED_DEFAULT, Hosted
from bot.gate.setting import SPOILER_LEVEL
from bot.gateway.connected import Connected
from bot.gateway.turn import Turns
from bot.http import Clock
from bot.http.clock import time_limit
from bot.interaction.checkpoint import CheckingConnector
from bot.interaction.label import label_interactions
from bot.interaction.latest import Latest
from bot.interaction.place import build_viewer, watch_rules
from bot.interaction.registration import describe_command, normalise_commands
from bot.interaction.reply import (
    Interaction,
    Work,
    answer,
    change,
    counted,
    explain,
    finish_answers,
    open_modal,
    say,
)
from bot.interaction.tree import Tree
from bot.links.message import is_text_told
from bot.lookup.account import build_account_panel
from bot.lookup.people import People
from bot.lookup.source import PAGES, Sources
from bot.navigation.address import NOWHERE, Address
from bot.navigation.item import ITEMS, Followed
from bot.navigation.modal import Jump, build_number_modal, parse_jump
from bot.navigation.page import Find, Lead, State, Visit
from bot.navigation.router import OUTDATED, Router
from bot.navigation.state import read_state
from bot.navigation.viewer import Viewer
from bot.preview.item import PREVIEW_ITEMS
from bot.preview.judge import judge_links
from bot.preview.not_here import NotHere
from bot.preview.page import LinksPage
from bot.preview.previewer import Previewer
from bot.preview.record import PreviewRecords
from bot.settings.item import SETTING_ITEMS
from bot.settings.modal import parse_modal_submit
from bot.settings.panel import Panels
from bot.store.holding import Holding
from bot.store.store import Store
from bot.transfer.attachment import Attachments
from bot.transfer.item import TRANSFER_ITEMS
from bot.transfer.panel import TransferPanel
from bot.vndb.my_list.item import MY_LIST_ITEMS
from bot.vndb.my_list.modal import parse_my_list_modal
from bot.vndb.my_list.panel import MyListPanel
from bot.vndb.token.item import TOKEN_ITEMS, parse_typed_token
from bot.vndb.token.panel import TokenPanel
from bot.welcome.card import ABOUT_DEFAULT, About, build_invite_url
from bot.welcome.command import CommandNames
from bot.welcome.greeter import Greeter
from bot.welcome.helper import Helper
from bot.welcome.item import WELCOME_ITEMS

H = TypeVar("H", bound=Holding)

log = logging.getLogger(__name__)

_TAKEN_AT_MOST = 10_000
_ANSWERED_FOR_S = 900.0  # how long Discord takes answers
_CLAIM_WITHIN_S = 1.0
_REGISTERED_WITHIN_S = 30.0
_PARTS_CLOSE_WITHIN_S = 2.0
_READ_BY_TREE = (discord.InteractionType.application_command, discord.InteractionType.autocomplete)

ALL_ITEMS = (
    *(*ITEMS, *PREVIEW_ITEMS, *SETTING_ITEMS, *FOLLOW_ITEMS, *TRANSFER_ITEMS),
    *(*WELCOME_ITEMS, *ACCOUNT_ITEMS, *TOKEN_ITEMS, *MY_LIST_ITEMS),
)

# Loaded by name, in this order. Nothing is discovered.
EXTENSIONS = (
    "cogs.vn",
    "cogs.character",
    "cogs.release",
    "cogs.entry",
    "cogs.vndb",
    "cogs.anime",
    "cogs.anime_entry",
    "cogs.manga",
    "cogs.anilist",
    "cogs.image",
    "cogs.follow",
    "cogs.preview",
    "cogs.settings",
    "cogs.me",
    "cogs.help",
)
GALLERY_EXTENSIONS = ("cogs.gallery",)


def build_intents(*, message_content: bool) -> discord.Intents:
    """Only what the bot needs: guilds tell which channels are age-restricted; previews of links need messages, and
    what stands in them, which is the one privileged intent. Who mentions the bot, or writes to it, is heard without it.
    """
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = intents.dm_messages = True
    intents.message_content = message_content
    return intents


def point_discord_at(*, api_url: str, gateway_url: str) -> None:
    """Make discord.py speak to these addresses: a REST proxy, or a local Discord.

    discord.py keeps both as class attributes, so this holds for the whole process.
    """
    Route.BASE = api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url)


# This bot never speaks; discord.py would warn at every start that the libraries for it are missing.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False


class Shiori(Connected):
    """The bot. It owns no service: cogs take what they need from its attributes when they are loaded.

    It is none of `discord.ext.commands`, which is 2 MB of commands with a prefix, and of their cogs.
    """

    def __init__(
        self,
        *,
        sources: Sources,
        store: Store,
        clock: Clock,
        attachments: Attachments,
        hosted: Hosted = HOSTED_DEFAULT,
        about: About = ABOUT_DEFAULT,
        sealer: Sealer | None = None,
        message_content: bool = True,
        shard_count: int | None = None,
        shard_ids: Sequence[int] = (),
    ) -> None:
        super().__init__(
            clock=clock,
            turns=Turns(clock=clock, claim=self._claim_turn),
            shard_count=shard_count,
            shard_ids=shard_ids,
            intents=build_intents(message_content=message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            # Nothing waits for being ready: the bot answers from its first moment.
            guild_ready_timeout=0.1,
        )
        self.tree = Tree(self)
        self._hearing: dict[str, list[Callable[..., Coroutine[Any, Any, None]]]] = {}
        self._loops: list[tasks.Loop[Any]] = []
        self.sources = sources
        self.store = store
        self.hosted = hosted
        self.router = Router((*PAGES, LinksPage))
        self.preview_records = self._hold(PreviewRecords(store.database))
        self.previewer = Previewer(
            self, store=store, records=self.preview_records, sources=sources, clock=clock, hosted=hosted
        )
        self.not_here = NotHere(store, clock=clock)
        self.accounts = self._hold(AccountRecords(store.database))
        sealer = sealer or Sealer(())
        self.tokens = self._hold(Tokens(store.database, sealer, clock=clock))
        self.people = People(self.accounts, store.database, clock=clock)
        self.account_panel = build_account_panel(self.accounts, self.people, self.build_visit, clock=clock)
        self.my_list = MyListPanel(self.tokens, sealer, vndb=sources.vndb, clock=clock, store=store, hosted=hosted)
        self.panels = self._build_panels(message_content=message_content)
        self.token_panel = TokenPanel(self.tokens, sources.vndb.users, self.my_list, clock=clock)
        self.follow_records = self._hold(FollowRecords(store.database))
        visit = partial(self.build_visit, spoilers=0)
        self.follows = FollowPanel(self.follow_records, build_visit=visit, clock=clock, store=store, hosted=hosted)
        self.follower = self._build_follower()
        self.transfers = TransferPanel(
            self, store, self.tokens, self.accounts, sources.vndb, attachments, self.my_list.remakes, clock=clock
        )
        self._command_ids: dict[str, int] = {}
        self.helper = Helper(self, CommandNames(self.tree, self._command_ids), clock=clock, about=about, hosted=hosted)
        self.greeter = Greeter(store, clock=clock, hosted=hosted, message_content=message_content)
        self.message_content = message_content
        self._taken, self.shown = dict[int, None](), Latest()
        self._hear_little()

    def _hold(self, records: H) -> H:
        """Have the store forget and export what a feature keeps."""
        self.store.hold(records)
        return records

    def _hear_little(self) -> None:
        """Of all that is said where the bot is, and of all that it says itself, little has to be read. discord.py makes
        objects of everything before it tells anybody; this table of its connection is the only place before that.
        """
        parsers = self._connection.parsers
        for event, is_new in (("MESSAGE_CREATE", True), ("MESSAGE_UPDATE", False)):
            parsers[event] = partial(self._read_message, parsers[event], is_new=is_new)
        parsers["INTERACTION_CREATE"] = label_interactions(parsers["INTERACTION_CREATE"])

    def _build_panels(self, *, message_content: bool) -> Panels:
        return Panels(
            self.store,
            clock=self.clock,
            hosted=self.hosted,
            message_content=message_content,
            listeners=[self.previewer, self.my_list, self.sources.vndb_people, self.sources.anilist_people],
            server_changed=self.previewer.server_changed,
            judge=partial(judge_links, self.sources),
        )

    def _build_follower(self) -> Follower:
        messenger = DiscordMessenger(
            self,
            answers=self.previewer.answers,
            store=self.store,
            sources=self.sources,
            clock=self.clock,
            hosted=self.hosted,
            show=self.router.show,
        )
        anilist, vndb = self.sources.anilist, self.sources.vndb
        return Follower(self.follow_records, messenger, anilist=anilist, vndb=vndb, clock=self.clock)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(*ALL_ITEMS)
        await self.load_commands()
        for loop in self._loops:
            loop.start()
        await asyncio.gather(self.register_commands(), self.find_shards())
        self.follower.start()
        self.my_list.remakes.start()
        self.transfers.start()

    async def load_commands(self) -> None:
        """Have the cogs add their commands, and what they hear and repeat, which begins with the log-in."""
        for extension in (*EXTENSIONS, *(GALLERY_EXTENSIONS if self.hosted.shows_galleries else ())):
            # Not by `load_extension`, which would execute the module once more for each bot of a process.
            await importlib.import_module(extension).setup(self)

    def describe_commands(self) -> list[dict[str, object]]:
        """The commands as Discord is told them, once they are loaded."""
        return [describe_command(command, self.tree, adult=self.hosted.adult) for command in self.tree.get_commands()]

    async def login(self, token: str) -> None:
        """Log in, over connections that are checked before each use."""
        self.http.connector = CheckingConnector(limit=0)
        await super().login(token)

    async def register_commands(self) -> None:
        """Tell Discord the commands if what it has is not what they are now, and nothing otherwise."""
        ours = self.describe_commands()
        assert self.application_id is not None  # noqa: S101 - known since the log-in
        # As they come: the models that `fetch_commands` makes of them lose installation types and contexts.
        theirs = await self.http.get_global_commands(self.application_id)
        if normalise_commands(ours) == normalise_commands(theirs):
            log.info("the commands at Discord are up to date")
        elif self.shard_ids and 0 not in self.shard_ids:
            log.info("commands are registered by the process that has shard 0")
        elif await self._claim("commands", _REGISTERED_WITHIN_S, within_s=_REGISTERED_WITHIN_S) > 0:
            log.info("another process registers commands just now")
        else:
            theirs = await self.http.bulk_upsert_global_commands(self.application_id, payload=ours)
            log.info("registered %d commands with Discord", len(ours))
        self._command_ids.update((one["name"], int(one["id"])) for one in theirs if one.get("type", 1) == 1)

    def hear(self, hearer: object) -> None:
        """Have the methods of `hearer` called for the events that they are named after, as `on_message` is."""
        for name in dir(hearer):
            if name.startswith("on_"):
                self._hearing.setdefault(name.removeprefix("on_"), []).append(getattr(hearer, name))

    def repeat(self, loop: tasks.Loop[Any]) -> None:
        """Have a loop run from the log-in on, until the bot ends."""
        self._loops.append(loop)

    def build_visit(self, interaction: Interaction, *, spoilers: int | None = None) -> Visit[Sources]:
        """The look at a page that a command asks for."""
        viewer = self.build_viewer(interaction)
        spoiler = viewer.rules[SPOILER_LEVEL] if spoilers is None else spoilers
        state = State(Address(NOWHERE.place, spoiler=spoiler))
        return Visit(viewer, self.sources, state, self.people.find_here(interaction))

    def build_viewer(self, interaction: Interaction) -> Viewer:
        """Who asks, and what may stand where they ask."""
        lists_on = self.people.list_services(interaction)
        return build_viewer(interaction, self.store, hosted=self.hosted, lists_on=lists_on)

    async def show(
        self,
        interaction: Interaction,
        wanted: Lead[Sources] | Find[Sources],
        *,
        spoilers: int | None = None,
        private: bool = False,
    ) -> None:
        """Answers a command with a page: privately if it may give away more than its place is to know."""
        visit = self.build_visit(interaction, spoilers=spoilers)
        private = private or visit.address.spoiler > visit.viewer.rules.spoilers_for_all
        await self.answer(interaction, self.router.show(wanted, visit), private=private, viewer=visit.viewer)

    async def answer(
        self, interaction: Interaction, work: Work, *, private: bool = False, viewer: Viewer | None = None
    ) -> None:
        """Answers a command with the page that `work` makes; `private`: to the person alone. `viewer`: for whom, if
        that was built just now.
        """
        private = private or self.previewer.answers.is_for_one(interaction)
        keeper = None if private else self.previewer.answers.build_keeper(interaction)
        still_right = watch_rules(interaction, self.store, hosted=self.hosted, viewer=viewer)
        await answer(interaction, work, clock=self.clock, private=private, still_right=still_right, keeper=keeper)

    async def turn(
        self, interaction: Interaction, address: Address, *, asker_id: int | None, back: Address | None = None
    ) -> None:
        """Show the page that a button or select leads to: in place of its message, if it is the asker who used it.

        Everybody else gets a copy of their own, and so does the asker if all can read the message and the page may give
        away more than its place is to know, or could not be taken away again.
        """
        state, here = read_state(interaction.message, address, back), self.people.find_here(interaction)
        visit = Visit(self.build_viewer(interaction), self.sources, state, here)
        page = self.router.show(self.router.read, visit)
        still_right = watch_rules(interaction, self.store, hosted=self.hosted, viewer=visit.viewer)
        private = interaction.message is not None and interaction.message.flags.ephemeral
        spoils = address.spoiler > visit.viewer.rules.spoilers_for_all
        fits = private or not (spoils or self.previewer.answers.is_for_one(interaction))
        if interaction.user.id == asker_id and fits:
            keeper = self.previewer.answers.build_keeper(interaction)
            await change(interaction, page, clock=self.clock, still_right=still_right, keeper=keeper, latest=self.shown)
        else:
            await answer(interaction, page, clock=self.clock, private=True, still_right=still_right)

    async def ask_number(self, interaction: Interaction, address: Address, *, asker_id: int, total: int | None) -> None:
        """Ask for the number of a page of the list that a button stands under."""
        await open_modal(interaction, build_number_modal(address, asker_id=asker_id, total=total))

    async def follow(self, interaction: Interaction, kind: Followed, subject_id: int) -> None:
        """Follow that for whoever pressed a card's button, as the command does."""
        work = self.follows.add(interaction, kind, name_subject(kind, subject_id), Wish())
        await self.answer(interaction, work, private=True)

    async def _submit(self, interaction: Interaction) -> None:
        """Do what a modal is for."""
        if (jump := parse_jump(interaction)) is not None:
            await self._jump(interaction, jump)
        elif (tags := parse_modal_submit(interaction)) is not None:
            await self.panels.submit_tags(interaction, *tags)
        elif (linked := parse_link(interaction)) is not None:
            await self.account_panel.link(interaction, *linked)
        elif (typed := parse_typed_token(interaction)) is not None:
            await self.token_panel.link(interaction, typed)
        elif (changed := parse_my_list_modal(interaction)) is not None:
            await self.my_list.submit(interaction, changed)
        else:
            with counted(interaction):
                await explain(interaction, InvalidInput("form", OUTDATED))

    async def _jump(self, interaction: Interaction, jump: Jump) -> None:
        """Show the page whose number was typed, or say that there is none."""
        try:
            address = jump.find()
        except ShioriError as error:
            with counted(interaction):
                await explain(interaction, error)
        else:
            await self.turn(interaction, address, asker_id=jump.asker_id)

    async def takes(self, interaction: Interaction) -> bool:
        """Whether this interaction is delivered for the first time: what Discord told just before a connection was lost
        may come again with the next one, and to several processes where they have the same shards.

        What is suggested while somebody types is not claimed: the database would be written to with each letter, and
        Discord takes one list and refuses the other.
        """
        if interaction.id in self._taken:
            return False
        self._taken[interaction.id] = None
        if len(self._taken) > _TAKEN_AT_MOST:
            del self._taken[next(iter(self._taken))]
        if self.store.peers.alone or interaction.type is discord.InteractionType.autocomplete:
            return True
        return await self._claim(f"interaction {interaction.id}", _ANSWERED_FOR_S, within_s=_CLAIM_WITHIN_S) <= 0

    async def _claim(self, name: str, for_s: float, *, within_s: float) -> float:
        """Take something on, where there are other processes that might. How long it is another one's, in seconds."""
        if self.store.peers.alone:
            return 0.0
        try:
            with time_limit(self.clock, within_s):
                return await self.store.peers.claim(name, for_s)
        except (StoreError, TimeoutError) as error:
            log.info("whether another process has taken on %s is not known: %s", name, error)
            return 0.0

    async def _claim_turn(self, name: str, for_s: float) -> float:
        """The same for a shard that connects, where others of the bot's are elsewhere. Raises StoreError."""
        if self.store.peers.alone and not self.shard_ids:
            return 0.0
        return await self.store.peers.claim(name, for_s)

    async def remove_preview(self, interaction: Interaction) -> None:
        """Take the preview away whose button was pressed."""
        with counted(interaction):
            refusal = await self.previewer.remove(interaction)
            if refusal is not None:
                await say(interaction, refusal)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Read what was typed into a modal, and say that what is of another version leads nowhere: discord.py leaves
        both without an answer after a restart.
        """
        if interaction.type is discord.InteractionType.modal_submit:
            if await self.takes(interaction):
                await self._submit(interaction)
            return
        if interaction.type is not discord.InteractionType.component:
            return
        custom_id = str((interaction.data or {}).get("custom_id", ""))
        known = any(item.__discord_ui_compiled_template__.fullmatch(custom_id) for item in ALL_ITEMS)
        if not known and await self.takes(interaction):
            await self.turn(interaction, NOWHERE, asker_id=None)

    def _read_message(self, read: Callable[[Any], None], told: Mapping[str, Any], *, is_new: bool) -> None:
        """Let discord.py read a message that is somebody else's, and may need something done."""
        if self.user is not None and told.get("author", {}).get("id") == str(self.user.id):
            self.previewer.hear_own(told)
            return
        if not is_text_told(told.get("content"), told.get("guild_id"), message_content=self.message_content):
            return
        if self.previewer.is_worth_reading(told, is_new=is_new) or (is_new and self.helper.is_worth_reading(told)):
            read(told)

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """Drop what comes once the bot is closed: discord.py says then still that it is ready, and fails on that. Drop
        too what nobody hears: that there was any event, and a command or something to complete, which the tree has.
        """
        if self.is_closed():
            return
        if event_name == "socket_event_type" or (event_name == "interaction" and args[0].type in _READ_BY_TREE):
            return
        super().dispatch(event_name, *args, **kwargs)
        for hear in self._hearing.get(event_name, ()):
            self._schedule_event(hear, f"on_{event_name}", *args, **kwargs)

    async def close(self) -> None:
        await finish_answers()
        self.store.hurry()
        for loop in self._loops:
            loop.cancel()
        await self._close_parts()
        await super().close()

    async def _close_parts(self) -> None:
        """Stop what works by itself. What does not stop in time ends with the process."""
        parts = (self.previewer, self.follower, self.transfers, self.my_list.remakes)
        closing = [asyncio.create_task(part.close(), name=f"end of {type(part).__name__}") for part in parts]
        done, late = await asyncio.wait(closing, timeout=_PARTS_CLOSE_WITHIN_S)
        for task in done:
            if (error := task.exception()) is not None:
                log.error("%s failed", task.get_name(), exc_info=error)
        if late:
            log.warning("not waited for any longer: %s", ", ".join(sorted(task.get_name() for task in late)))

    async def on_ready(self) -> None:
        assert self.user is not None  # noqa: S101 - on_ready comes after READY, which carries the user
        log.info("connected as %s, servers: %d%s", self.user.name, len(self.guilds), self.describe_shards())
        if self.application_id is not None:
            log.info("invite it: %s", build_invite_url(self.application_id))
