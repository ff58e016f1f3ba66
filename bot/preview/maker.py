"""What the reply to a message shows, by what may be shown to its author, and in its place, just now."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence

import discord
import msgspec
from msgspec.structs import replace

from bot.gate.rules import Hosted, Place, Rule, Rules
from bot.gate.setting import BOTS, ROLES, TITLE_LANGUAGE
from bot.http import Clock, Priority, asking, unasked
from bot.interaction.permission import find_missing
from bot.interaction.place import build_place, build_rules, is_told_of
from bot.interaction.rule import explain_rule
from bot.links.message import find_said_links
from bot.links.target import GalleryTarget, PageTarget, Service
from bot.lookup.source import Sources
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.preview.card import build_note, build_preview
from bot.preview.item import LINK_KINDS, LinkKind
from bot.preview.plan import Plan, Preview, build_plan, explain_missing, fetch_preview, name_link_kind
from bot.preview.record import INCOMPLETE
from bot.store.forgetting import acting
from bot.store.store import Store

log = logging.getLogger(__name__)

# Nobody watches a link that long, but a hundred at once take their time.
PREVIEW_WITHIN_S = 120.0
_DAY_S = 86_400


class Draft(msgspec.Struct, frozen=True):
    """What a reply shows: `plan` by `rules`, the digest of both, and whether that is `restricted` to some channels."""

    plan: Plan
    rules: Rules
    shown: str
    restricted: bool


class Maker:
    """Makes drafts, and replies of them."""

    def __init__(self, client: discord.Client, *, store: Store, sources: Sources, clock: Clock, hosted: Hosted) -> None:
        self._client = client
        self._store = store
        self._sources = sources
        self._clock = clock
        self._hosted = hosted

    def is_told(self, message: discord.Message) -> bool:
        """Whether Discord has told all that decides what may stand there now."""
        return isinstance(message.channel, discord.DMChannel) or is_told_of(*self._find_place(message))

    def draft(self, message: discord.Message) -> Draft:
        """Plan the reply to a message as it is. Where nothing is previewed, the plan is empty."""
        rules = self._find_rules(message)
        plan = self._plan(message, rules)
        return Draft(plan, rules, sign_shown(plan, rules), _is_restricted(plan, rules))

    def has_anything_for(self, message: discord.Message) -> bool:
        """Whether a message has cards as it is, or a reason why it has none."""
        plan = self._plan(message, self._find_rules(message))
        return bool(plan.links or plan.refusals or plan.cardless)

    def is_silent(self, guild: discord.Guild, channel: object, services: Iterable[Service]) -> bool:
        """Whether links to these services have no card in a channel, whoever posts them, nor a reason why not."""
        place = build_place(channel, self._store, self._hosted)
        rules = build_rules(self._store, place, channel=channel, guild_id=guild.id, user=None, hosted=self._hosted)
        rules = replace(rules, role_ids=frozenset(rules[ROLES]))  # whoever may see most: people only forbid more
        return not any(
            (rules.rule_galleries().shows or rules.tells_why) if one == "galleries" else rules.rule_links(one).shows
            for one in services
        )

    def is_still_right(self, draft: Draft, message: discord.Message, now: discord.Message | None) -> bool:
        """Whether the draft of a message is that of what it is `now`, too."""
        return now is not None and now.content == message.content and self._find_rules(now) == draft.rules

    async def look_again(self, draft: Draft, message: discord.Message, now: discord.Message | None) -> bool:
        """Whether it shows what it would, also by what another process was told a moment ago. Raises StoreError."""
        await self._store.catch_up()
        return now is not None and now.content == message.content and draft.shown.endswith(self.draft(now).shown)

    async def fetch(self, message: discord.Message, draft: Draft, *, wanted: bool) -> Preview:
        """Ask the services for the cards of a draft. What its author has not `wanted` just now is on nobody's share."""
        plan, rules = draft.plan, draft.rules
        viewer = Viewer(message.author.id, rules.place.age_restricted, rules)
        person = message.author.id if wanted else None
        # Who chose something for a server is not who asks for all its cards anew.
        with unasked(), asking(self._clock, within_s=PREVIEW_WITHIN_S, priority=Priority.PREVIEW, person=person):
            preview = await fetch_preview(plan, self._sources, viewer)
        for error in preview.errors:
            log.info("no preview: %s", error)
        return preview

    async def build(
        self, message: discord.Message, draft: Draft, preview: Preview, *, noted: set[Rule]
    ) -> PageView | None:
        """The reply, if there is anything to show: cards, or once a day for each reason why there are none. `noted`:
        those of this message, to which what is told now is added.

        In direct messages every link has its card, or a sentence that says why not.
        """
        told = explain_missing(preview) if draft.rules.place.kind == "dm" else ()
        if preview.blocks or told:
            return build_preview([*preview.blocks, *told], more=draft.plan.more, kinds=_list_kinds(draft))
        if preview.refusals and await self._may_note(message, draft.rules, preview.refusals[0], noted):
            return build_preview([build_note(explain_rule(preview.refusals[0]))], more=draft.plan.more)
        return None

    async def _may_note(self, message: discord.Message, rules: Rules, reason: Rule, noted: set[Rule]) -> bool:
        if not rules.tells_why or reason in noted:
            return rules.tells_why
        today = int(self._clock.time() // _DAY_S)
        with acting(message.author.id, find_written(message)):
            may = await self._store.take_note(message.author.id, today, reason.name)
        if may:
            noted.add(reason)
        return may

    def _plan(self, message: discord.Message, rules: Rules) -> Plan:
        links = find_said_links(message)
        if self._may_preview(message, rules):
            return build_plan(links, rules)
        # In direct messages who posts a link wants an answer.
        refusal = rules.person_refusal if rules.place.kind == "dm" and not message.author.bot else None
        return Plan((), refusals=(refusal,) if refusal is not None and links else ())

    def _find_place(self, message: discord.Message) -> tuple[discord.Guild | None, object]:
        """The server and the channel as they are now. Once a connection was lost there may be new objects of both: they
        alone are told of what changes, and a message in hand has the old ones.
        """
        guild = message.guild and self._client.get_guild(message.guild.id)
        known = guild and guild.get_channel_or_thread(message.channel.id)
        # An archived thread is known to nobody; it asks its server for its channel.
        return guild, known or (message.channel if guild is message.guild else None)

    def _find_rules(self, message: discord.Message) -> Rules:
        guild_id = message.guild.id if message.guild else None
        _, channel = self._find_place(message)
        is_dm = isinstance(message.channel, discord.DMChannel)
        place = Place(kind="dm") if is_dm else build_place(channel, self._store, self._hosted)
        return build_rules(
            self._store,
            place,
            channel=channel,
            guild_id=guild_id,
            user=message.author,
            hosted=self._hosted,
        )

    def _may_preview(self, message: discord.Message, rules: Rules) -> bool:
        """Whether links of this author are previewed, and the bot may answer here."""
        if (message.author.bot or message.webhook_id is not None) and not rules[BOTS]:
            return False
        if rules.person_refusal is not None:
            return False
        if isinstance(message.channel, discord.DMChannel):
            return True
        guild, channel = self._find_place(message)
        return guild is not None and channel is not None and not find_missing(channel, guild.me)


def find_written(message: discord.Message) -> int:
    """Discord's id of what somebody wrote: that of the message, or one of the time at which they edited it."""
    return message.id if message.edited_at is None else discord.utils.time_snowflake(message.edited_at)


def _list_kinds(draft: Draft) -> Sequence[LinkKind]:
    """What can be switched off where it stands: a channel of a server."""
    if draft.rules.place.kind != "server":
        return []
    named = {name_link_kind(link) for link in draft.plan.links}
    return [kind for kind in LINK_KINDS if kind in named]


def sign_shown(plan: Plan, rules: Rules) -> str:
    """A digest of what the reply depends on: an edit that changes nothing of it changes nothing of the reply."""
    place = (rules.place.age_restricted, rules.rule_galleries())
    on_cards = rules.list_on_cards()
    # A title reads otherwise in another language. All else may be chosen so that less is shown.
    forbidding = [(name, value) for name, value in on_cards if name != TITLE_LANGUAGE.name]
    links = ",".join(map(_sign, plan.links))
    return f"{_sign((place, forbidding))} {links} {_sign((plan, place, on_cards))}"


def may_stand(shown: str, now: str) -> bool:
    """Whether a reply may stay as it is, by the digests of what it shows and of what it would: all that it has cards of
    is linked to still, and nothing else holds that could forbid any. False if that is not known.
    """
    match shown.removeprefix(INCOMPLETE).split(" "), now.split(" "):
        case [forbidding, links, _], [forbidding_now, links_now, _]:
            return forbidding == forbidding_now and {*links.split(",")} - {""} <= {*links_now.split(",")}
        case _:
            return False


def _sign(part: object) -> str:
    return hashlib.sha256(repr(part).encode()).hexdigest()[:16]


def _is_restricted(plan: Plan, rules: Rules) -> bool:
    """Whether the reply may show what stands only where galleries may."""
    galleries = any(isinstance(link.target, GalleryTarget | PageTarget) for link in plan.links)
    return rules.place.age_restricted or (rules.place.kind == "dm" and galleries)
