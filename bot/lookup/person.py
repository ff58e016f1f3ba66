"""People of VNDB and AniList who are named or referred to. Whom the asker finds is suggested to them from then on."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

from msgspec.structs import replace

from bot.account.model import Account
from bot.anime.api.anilist.error import SERVICE as ANILIST
from bot.anime.pages.entry import check_name
from bot.errors import InvalidInput, NotFound
from bot.links.target import read_reference
from bot.lookup.reference import find_wanted, read_user_name
from bot.lookup.source import Sources
from bot.navigation.page import Visit
from bot.service.near import rank_near
from bot.service.near_match import name_near
from bot.service.seen import Seen
from bot.vndb.api.client import SERVICE as VNDB


async def find_vndb_user(text: str, visit: Visit[Sources]) -> str:
    """The id of somebody. Raises `NotFound`, `InvalidInput` for what refers to nobody, `ServiceError`."""
    sources = visit.sources
    known = await find_wanted(read_reference(text, "u"), "u", sources.vndb)
    try:
        user = (await sources.vndb.users.fetch_user(known or text)).entry
    except NotFound as error:
        url = f"https://vndb.org/u/all?q={quote(text.strip(), safe='')}"
        raise _explain(error, text, sources.vndb_people, visit, search=(f"Search on {VNDB}", url)) from None
    if user.username:
        sources.vndb_people.note(visit.viewer.asker_id, user.username)
    return user.id


async def find_anilist_user(text: str, visit: Visit[Sources]) -> str:
    """The name of somebody. Raises likewise."""
    sources = visit.sources
    name = check_name(await read_user_name(text, sources))
    try:
        user = (await sources.anilist.fetch_user(name)).entry
    except NotFound as error:
        url = f"https://anilist.co/search/users?search={quote(name, safe='')}"
        raise _explain(error, name, sources.anilist_people, visit, search=(f"Search on {ANILIST}", url)) from None
    sources.anilist_people.note(visit.viewer.asker_id, user.name)
    return name


async def find_vndb_account(account: Account, visit: Visit[Sources]) -> Account:
    """An account that was linked, as it is called now. Raises `NotFound` if it is there no more, `ServiceError`."""
    try:
        user = (await visit.sources.vndb.users.fetch_user(account.id)).entry
    except NotFound:
        raise _explain_gone(account) from None
    return replace(account, name=user.username or account.name)


async def find_anilist_account(account: Account, visit: Visit[Sources]) -> Account:
    """The same. By the name that it had, which is known already where its list is; by its number if that is not it."""
    anilist = visit.sources.anilist
    with suppress(NotFound, InvalidInput):
        if (await anilist.fetch_user(account.name)).entry.id == int(account.id):
            return account
    try:
        user = (await anilist.fetch_user_by_id(int(account.id))).entry
    except NotFound:
        raise _explain_gone(account) from None
    return replace(account, name=check_name(user.name))


def _explain_gone(account: Account) -> NotFound:
    return NotFound(account.service, f"public profile {account.name} any more, which was linked here")


def _explain(error: NotFound, text: str, seen: Seen, visit: Visit[Sources], *, search: tuple[str, str]) -> NotFound:
    """The error with the service's own search, and with whom the asker looked up before under a name like that."""
    names = [name for name in seen.suggest(visit.viewer.asker_id, "") if name.casefold() != text.strip().casefold()]
    error.search, error.near = search, name_near(rank_near(text, names, lambda name: (name,)))
    return error
