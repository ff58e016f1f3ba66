"""Accounts that somebody wants to link: whether they are there, and what of them everybody can read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.account.model import Account, Service
from bot.account.panel import AccountPanel, LookedUp
from bot.account.record import AccountRecords
from bot.cards.fact import join_some
from bot.cards.text import escape_line, one_line
from bot.http import Clock
from bot.interaction.reply import Interaction
from bot.lookup.people import People
from bot.lookup.person import find_anilist_user, find_vndb_user
from bot.lookup.source import Sources
from bot.navigation.page import Visit
from bot.settings.form import ME
from bot.settings.item import PanelButton

_LABELS_AT_MOST = 6


def build_account_panel(
    records: AccountRecords, people: People, build_visit: Callable[[Interaction], Visit[Sources]], *, clock: Clock
) -> AccountPanel:
    """The panel in which accounts are linked."""
    return AccountPanel(
        records,
        look_up=partial(look_up_account, build_visit),
        back=partial(PanelButton, ME, "Your settings", emoji="↩️"),
        changed=people.refresh,
        clock=clock,
    )


async def look_up_account(
    build_visit: Callable[[Interaction], Visit[Sources]], interaction: Interaction, service: Service, text: str
) -> LookedUp:
    """The account that a text names. Raises `NotFound`, `InvalidInput` for what refers to nobody, `ServiceError`."""
    visit = build_visit(interaction)
    return await (_look_up_on_vndb(text, visit) if service == "VNDB" else _look_up_on_anilist(text, visit))


async def _look_up_on_vndb(text: str, visit: Visit[Sources]) -> LookedUp:
    users = visit.sources.vndb.users
    user = (await users.fetch_user(await find_vndb_user(text, visit))).entry
    labels = (await users.fetch_labels(user.id)).labels
    public = [f"{one_line(one.label)} ({one.count:,})" for one in labels if not one.private and (one.count or 0) > 0]
    account = Account("VNDB", user.id, user.username or user.id, public=bool(public))
    return LookedUp(account, escape_line(join_some(public, _LABELS_AT_MOST)))


async def _look_up_on_anilist(text: str, visit: Visit[Sources]) -> LookedUp:
    user = (await visit.sources.anilist.fetch_user(await find_anilist_user(text, visit))).entry
    amounts = {"anime": user.anime.count, "manga": user.manga.count}
    public = ", ".join(f"{amount:,} {kind}" for kind, amount in amounts.items() if amount > 0)
    return LookedUp(Account("AniList", str(user.id), user.name, public=bool(public)), public)
