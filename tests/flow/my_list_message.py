"""A person who linked their VNDB token, and what they do with the panel of their own list."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from bot.account.seal import build_key
from bot.http import Secret
from bot.playground.engine import Person, selects, texts, walk
from bot.playground.service.fault import Fault
from bot.playground.service.sample import Call
from bot.playground.service.vndb.token import Access, Tokens
from tests.flow.conftest import Place
from tests.flow.vn_message import press

Payload = dict[str, Any]

BOTH = frozenset({"listread", "listwrite"})
RW, OTHER = "efso-br1cz-bzoyj-ah4u-8ybtm-a56po-gbzk", "7ycy-yyyy9-juob4-bryo-7ybjj-na34y-qxxf"
READ, WRITE = "1cao-yfqdn-djyy9-fn6c-1ybwg-zjixo-85bq", "th9y-b6bpi-6koyi-4ogk-8yyii-th7ry-8sbx"
ACCESS = {
    RW: Access("u3", BOTH),
    OTHER: Access("u7", BOTH),
    READ: Access("u3", frozenset({"listread"})),
    WRITE: Access("u3", frozenset({"listwrite"})),
}
KEY = build_key()


@asynccontextmanager
async def connected(place: Place, registered: list[dict[str, Any]], *, key: str = KEY) -> AsyncGenerator[None]:
    """The bot with a key to seal with, and a VNDB that knows the tokens."""
    world = place.world
    place.services.vndb.tokens = Tokens(ACCESS)
    world.commands = [{**command, "application_id": world.application_id} for command in registered]
    async with place.connected(secret_keys=key):
        registered[:] = world.commands
        yield


async def link(place: Place, person: Person, token: str = RW, *, permissions: frozenset[str] = BOTH) -> None:
    """Have somebody's token linked, as `/vndb link` does."""
    uid = ACCESS[token].user or "u3"
    await place.shiori.tokens.keep(
        int(person.user.id), Secret(token.replace("-", "")), uid=uid, name="testreader", permissions=permissions
    )


async def open_card(place: Place, person: Person, entry_id: str) -> Payload:
    """The card of a novel or a release."""
    command = "vn info" if entry_id.startswith("v") else "vn release info"
    return await (await person.slash(place.general, command, title=entry_id)).message()


async def open_panel(place: Place, person: Person, entry_id: str = "v17") -> Payload:
    """What "My list" under a card shows."""
    exchange = await press(person, await open_card(place, person, entry_id), "My list")
    assert exchange.ephemeral
    return await exchange.message()


async def give_status(person: Person, panel: Payload, status: int) -> Payload:
    """The panel after a status was chosen in it."""
    return await (await person.select(panel, find_id(panel, "mine-status:"), [str(status)])).message()


async def type_into(person: Person, panel: Payload, label: str, **typed: str) -> Payload:
    """The panel after something was typed into the modal of that button."""
    opened = await press(person, panel, label)
    assert opened.modal is not None, texts(await opened.message())
    return await (await person.submit(opened, typed)).message()


async def open_modal(person: Person, panel: Payload, label: str) -> Payload:
    """The modal that a button opens."""
    opened = await press(person, panel, label)
    assert opened.modal is not None
    return opened.modal


def find_id(message: Payload, beginning: str) -> str:
    """The custom id of what can be pressed that begins so."""
    return next(one for one in list_ids(message) if one.startswith(beginning))


def list_ids(message: Payload) -> Iterator[str]:
    """By what is known what can be pressed in a message."""
    yield from (str(one["custom_id"]) for one in walk(message["components"]) if one.get("custom_id"))


def list_chosen(message: Payload, beginning: str) -> list[str]:
    """The labels of what a select shows as chosen."""
    found = next(one for one in selects(message) if one["custom_id"].startswith(beginning))
    return [one["label"] for one in found["options"] if one.get("default")]


def list_writes(place: Place) -> list[tuple[str, str, Any]]:
    """What was changed on VNDB: method, path and body."""
    seen = place.services.vndb.requests
    return [(one.method, one.path.removeprefix("/kana"), one.body) for one in seen if one.method in {"PATCH", "DELETE"}]


def find_listed(place: Place, vn_id: str = "v17") -> Any:
    """What VNDB has of a novel on the list of the reader; None: nothing."""
    own = place.services.vndb.lists.find("u3")
    assert own is not None
    return own.entries.get(vn_id)


def fail_writes(place: Place, *faults: Fault | None, reads: tuple[Fault | None, ...] = ()) -> None:
    """What the next changes of lists meet at VNDB, and the next questions about them."""
    left, others = list(faults), list(reads)

    def choose_fault(call: Call) -> Fault | None:
        if call.request.method in {"PATCH", "DELETE"}:
            return left.pop(0) if left else None
        listed = call.request.path.endswith(("/ulist", "/ulist_labels"))
        return others.pop(0) if listed and others else None

    place.services.vndb.choose_fault = choose_fault
