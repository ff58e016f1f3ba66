"""The screen on which a token of VNDB is linked, and what is said when it is forgotten. One person sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from discord import ui

from bot.account.token import LinkedToken
from bot.cards.text import clip, escape_line, one_line
from bot.navigation.frame import ACCENT, PageView
from bot.vndb.api.access import LISTREAD, LISTWRITE, TOKENS_URL
from bot.vndb.token.item import TokenButton

_NAME_LIMIT = 60
_LEFT_AT_MOST = 5

_WHAT = (
    "A token lets Shiori read and change your list on VNDB when you press something here. It is no password, gives "
    "nothing else of your account, and you can take it back on VNDB at any time."
)
_HOW = (
    "1. Open VNDB: your profile, *Applications*, *New token*.\n"
    f"2. Tick both permissions for your list, reading (`{LISTREAD}`) and changing (`{LISTWRITE}`), and submit: what is "
    "changed is read back, so that you see what VNDB has.\n"
    "3. Copy the token, and enter it here."
)
_STORED = (
    "-# It comes here by way of Discord, is stored encrypted, and shown to nobody, not even to you. `/vndb unlink` and "
    "`/me` delete it."
)
_FAULTS = {
    "unknown": "⚠️ VNDB does not know this token any more. Make a new one there, and enter it here.",
    "sealed": "⚠️ This token cannot be opened any more, since this bot's keys were changed. Enter it again.",
}
_UNLINKED = "✅ Your VNDB token is deleted: Shiori can neither see your private list nor change it any more."
_NOTHING = "You have linked no VNDB token, so there is nothing to delete."
_TAKE_BACK = "-# VNDB was not asked: the token itself still exists there, until you delete it on its page."


def render_token_screen(linked: LinkedToken | None) -> PageView:
    """What a token is, what is linked, and if nothing of use is, where one comes from."""
    how = [] if linked and linked.fault is None else [_HOW]
    text = ["## Your list on VNDB", *([_describe(linked)] if linked else []), _WHAT, *how]
    enter = TokenButton("enter", "Enter another token" if linked else "Enter the token")
    unlink = [TokenButton("unlink", "Unlink")] if linked else []
    return _build(
        ui.TextDisplay[Any]("\n".join(text)),
        ui.ActionRow[Any](_open_vndb(), enter, *unlink),
        ui.TextDisplay[Any](_STORED),
    )


def render_linked(linked: LinkedToken, before: LinkedToken | None, *, left: Sequence[str] = ()) -> PageView:
    """That a token is linked, whose it is and what it permits. `before`: in place of which one. `left`: of which novels
    something is still to be put back on that one's list.
    """
    said = f"✅ Linked **{_name(linked)}**, with {_name_permissions(linked)}"
    if before is not None and before.uid != linked.uid:
        said += f", in place of {_name(before)}"
    return _build(
        ui.TextDisplay[Any]("\n".join([f"## Your list on VNDB\n{said}.", *_list_left(left)])),
        ui.ActionRow[Any](TokenButton("enter", "Enter another token"), TokenButton("unlink", "Unlink")),
        ui.TextDisplay[Any](_STORED),
    )


def render_unlinked(*, was_linked: bool, keeps: bool, left: Sequence[str] = ()) -> PageView:
    """That nothing is linked any more, or that nothing was. `keeps`: this bot keeps tokens. `left`: as with
    `render_linked`.
    """
    lines = [_UNLINKED, *_list_left(left), _TAKE_BACK] if was_linked else [_NOTHING]
    link = [TokenButton("open", "Link a token")] if keeps else []
    return _build(ui.TextDisplay[Any]("\n".join(lines)), ui.ActionRow[Any](_open_vndb(), *link))


def _list_left(left: Sequence[str]) -> Iterator[str]:
    if left:
        named = ", ".join(f"[{one}](https://vndb.org/{one})" for one in left[:_LEFT_AT_MOST])
        more = f" and {len(left) - _LEFT_AT_MOST} more" if len(left) > _LEFT_AT_MOST else ""
        yield (
            f"⚠️ An entry was being made anew, and VNDB did not take it back yet: {named}{more}. It is off your list "
            "until you link a token of that account again; then Shiori puts it back."
        )


def _name_permissions(linked: LinkedToken) -> str:
    return " and ".join(f"`{escape_line(name)}`" for name in sorted(linked.permissions))


def _describe(linked: LinkedToken) -> str:
    if linked.fault is not None:
        return f"**Linked: {_name(linked)}**\n{_FAULTS[linked.fault]}"
    permissions = _name_permissions(linked)
    return f"**Linked: {_name(linked)}**, since <t:{linked.linked_s}:D>, with {permissions}."


def _name(linked: LinkedToken) -> str:
    return clip(escape_line(one_line(linked.name) or linked.uid), _NAME_LIMIT)


def _open_vndb() -> ui.Button[Any]:
    return ui.Button(label="Your tokens on VNDB", url=TOKENS_URL)


def _build(*body: ui.Item[Any]) -> PageView:
    view = PageView()
    view.add_item(ui.Container[ui.LayoutView](*body, accent_colour=ACCENT))
    return view
