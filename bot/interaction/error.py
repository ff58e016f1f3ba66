"""Errors into sentences: what did not work, and whether waiting helps."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from bot.cards.duration import format_wait
from bot.cards.text import clip, count, escape_line
from bot.errors import (
    BadAnswer,
    Banned,
    Blocked,
    CircuitOpen,
    ConfigError,
    Forgotten,
    HalfDeleted,
    InvalidInput,
    MalformedToken,
    MissingPermission,
    NoPage,
    NoServer,
    NotAllowed,
    NotConfirmed,
    NotFound,
    NotLinked,
    NoToken,
    OverShare,
    OverTime,
    PlaceAway,
    QueryTimedOut,
    Rejected,
    ServiceError,
    ShioriError,
    Silent,
    StoreError,
    Throttled,
    TimedOut,
    TimeSpent,
    Trouble,
    Unauthorized,
    Unavailable,
    Unconfirmed,
    UnknownToken,
    Unread,
)
from bot.gate.rules import Refused
from bot.interaction.rule import explain_rule

TROUBLES: Mapping[Trouble, str] = {
    "silent": "did not answer in time",
    "away": "could not be reached",
    "cut": "broke off before it had answered",
    "broken": "answered with an error",
    "garbled": "answered with something Shiori does not understand",
}
"""What happened when a service was asked, as it follows its name."""

_LONGEST = 200
_IN_AN_HOUR = "Please try again in about an hour."
_IN_MINUTES = "Please try again in a few minutes."
_IN_A_MOMENT = "Please try again in a moment."


def render_error(error: ShioriError) -> str:
    """The one sentence or two that tell a person what `error` means for them."""
    for kind, render in _SENTENCES:
        if isinstance(error, kind):
            return render(error)
    return "Something went wrong on Shiori's side. Trying again may help."


def _render_invalid(error: ShioriError) -> str:
    assert isinstance(error, InvalidInput)  # noqa: S101
    return f"The {_quote(error.what)} {_quote(error.reason)}."


def _quote(text: str) -> str:
    return clip(escape_line(text).rstrip("."), _LONGEST)


def _name_service(service: str) -> str:
    """A service as a sentence begins with it: an interface has an article, a site is a name."""
    return f"The {escape_line(service)}" if service.endswith(" API") else escape_line(service)


def _render_not_found(error: ShioriError) -> str:
    assert isinstance(error, NotFound)  # noqa: S101
    asked = f": {clip(error.asked, _LONGEST)}" if error.asked else ""
    return f"{_name_service(error.service)} has no {_quote(error.what)}{asked}."


def _render_no_page(error: ShioriError) -> str:
    assert isinstance(error, NoPage)  # noqa: S101
    pages = f"has {count(error.last, 'page')}" if error.last else "is shorter"
    if error.number < 1:
        return f"Pages start at 1, and the list {pages}." if error.last else "Pages start at 1."
    return f"There is no page {error.number:,}: the list {pages}."


def _render_not_allowed(error: ShioriError) -> str:
    assert isinstance(error, NotAllowed)  # noqa: S101
    needed = " or ".join(f"“{one}”" for one in error.permissions)
    return f"That needs the permission {needed} in this server. {error.instead}".rstrip()


def _render_no_server(error: ShioriError) -> str:
    assert isinstance(error, NoServer)  # noqa: S101
    if error.is_member:
        return f"Discord has not told Shiori of this server yet. {_IN_A_MOMENT}"
    return (
        "Shiori is not a member of this server, so nothing can be set here. Who manages the server can add it: `/help` "
        "has the link."
    )


def _render_no_token(error: ShioriError) -> str:
    assert isinstance(error, NoToken)  # noqa: S101
    service, link = escape_line(error.service), f"`/{error.service.lower()} link`"
    return {
        "off": f"This bot keeps no {service} tokens: whoever hosts it has set no key to seal them with.",
        "none": f"That needs your {service} token. {link} takes it.",
        "unknown": f"{service} does not know your token any more: it was taken back there, or the account is closed. "
        f"Link a new one by {link}.",
        "sealed": f"Your {service} token cannot be opened any more, since this bot's keys were changed. Link it again "
        f"by {link}.",
        "permissions": f"Your {service} token lacks {_name_permissions(error.missing)}. Make one that has it there, "
        f"and link that by {link}.",
    }[error.why]


def _render_not_confirmed(error: ShioriError) -> str:
    assert isinstance(error, NotConfirmed)  # noqa: S101
    service = _name_service(error.service)
    if error.taken:
        return f"{service} took the change, but did not say what it has now. Please look again in a moment."
    return (
        f"{service} did not say whether it took the change. Please look again in a moment, and repeat it if it was not "
        "made: that does no harm."
    )


def _name_permissions(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _render_not_linked(error: ShioriError) -> str:
    assert isinstance(error, NotLinked)  # noqa: S101
    return f"You have not linked an account on {error.service} yet: `/me` does that."


def _render_refused(error: ShioriError) -> str:
    assert isinstance(error, Refused)  # noqa: S101
    return explain_rule(error.rule)


def _of_service(start: str, *, otherwise: str) -> Callable[[ShioriError], str]:
    """A sentence about a service: `start` with its name in it, then when to try again, if that is known."""

    def render(error: ShioriError) -> str:
        assert isinstance(error, ServiceError)  # noqa: S101
        said = start.format(service=_name_service(error.service))
        if error.also is not None:
            said += f" {_name_service(error.also)} gave no answer either."
        wait_s = error.retry_after_s
        if wait_s is None or not math.isfinite(wait_s):
            return f"{said} {otherwise}"
        return f"{said} Please try again {format_wait(wait_s)}."

    return render


def _render_unavailable(error: ShioriError) -> str:
    assert isinstance(error, Unavailable)  # noqa: S101
    happened = "cannot be reached at the moment" if error.trouble == "away" else TROUBLES[error.trouble]
    return _of_service(f"{{service}} {happened}.", otherwise=_IN_MINUTES)(error)


# The first kind that fits is taken, so a kind stands before the kinds it belongs to.
_SENTENCES: tuple[tuple[type[ShioriError], Callable[[ShioriError], str]], ...] = (
    (InvalidInput, _render_invalid),
    (NotFound, _render_not_found),
    (NoPage, _render_no_page),
    (NotAllowed, _render_not_allowed),
    (NoServer, _render_no_server),
    (NoToken, _render_no_token),
    (NotLinked, _render_not_linked),
    (Refused, _render_refused),
    (
        Forgotten,
        lambda _: (
            "Stored data was deleted while this was going on, so nothing of it was kept. If you still want it, do it "
            "once more."
        ),
    ),
    (
        Unconfirmed,
        lambda _: (
            "Shiori's database did not confirm the change. Please look whether it was made, and try again if not."
        ),
    ),
    (
        HalfDeleted,
        lambda _: (
            "Shiori cannot reach its own database, so not all of it could be deleted. Please press once more in a few "
            "minutes: what is left goes then."
        ),
    ),
    (
        PlaceAway,
        lambda _: (
            "Shiori cannot reach its own database, where it keeps what is too long for a button, so this cannot be "
            "shown just now. Please try again in a few minutes, or ask for less."
        ),
    ),
    (
        Unread,
        lambda _: (
            "Shiori cannot reach its own database, so what is kept there can be neither shown nor changed just now. "
            "Please try again in a few minutes."
        ),
    ),
    (
        StoreError,
        lambda _: "Shiori cannot reach its own database, so nothing was changed. Please try again in a few minutes.",
    ),
    (
        ConfigError,
        lambda _: "Shiori is not set up for this. Waiting does not help; its host has to change the settings.",
    ),
    (
        Silent,
        _of_service(
            "{service} did not answer in time, so it is left alone for some seconds.",
            otherwise=_IN_A_MOMENT,
        ),
    ),
    (
        CircuitOpen,
        _of_service(
            "{service} keeps failing at the moment, so it is left alone for some seconds.",
            otherwise=_IN_A_MOMENT,
        ),
    ),
    (
        TimedOut,
        _of_service("{service} did not answer in time.", otherwise="Trying again in a moment may help."),
    ),
    (Unavailable, _render_unavailable),
    (
        Banned,
        _of_service(
            "{service} has shut Shiori out for asking too much, so nothing is asked there for now.",
            otherwise=_IN_AN_HOUR,
        ),
    ),
    (
        Blocked,
        _of_service(
            "{service} asked Shiori several times to slow down, so nothing is asked there for now.",
            otherwise=_IN_AN_HOUR,
        ),
    ),
    (
        OverTime,
        _of_service(
            "{service} took long over your last questions; what is left of the time it grants is for everybody else.",
            otherwise=_IN_MINUTES,
        ),
    ),
    (
        OverShare,
        _of_service(
            "You asked {service} a lot just now; what is left of its limit is kept for everybody else.",
            otherwise=_IN_MINUTES,
        ),
    ),
    (
        TimeSpent,
        _of_service(
            "{service} took long over the last questions, and grants Shiori little time a minute.",
            otherwise=_IN_MINUTES,
        ),
    ),
    (
        Throttled,
        _of_service(
            "{service} is being asked more than it allows right now.",
            otherwise=_IN_MINUTES,
        ),
    ),
    (
        QueryTimedOut,
        _of_service(
            "{service} took too long to find an answer, and gave up.",
            otherwise="Asking for less may help, and so may trying again later.",
        ),
    ),
    (NotConfirmed, _render_not_confirmed),
    (
        BadAnswer,
        _of_service(
            "{service} answered with something Shiori does not understand.",
            otherwise="It was logged; trying again later may help.",
        ),
    ),
    (
        UnknownToken,
        _of_service(
            "{service} does not know this token: it was mistyped or taken back, or its account is closed.",
            otherwise="Waiting does not help; a new token does.",
        ),
    ),
    (
        MalformedToken,
        _of_service(
            "{service} says that this is no token.",
            otherwise="Waiting does not help; copying it once more may.",
        ),
    ),
    (
        MissingPermission,
        _of_service(
            "{service} says that this token does not permit that.",
            otherwise="Waiting does not help; a token with more permissions does.",
        ),
    ),
    (
        Unauthorized,
        _of_service(
            "{service} did not accept the token for this, or it lacks the permission.",
            otherwise="Waiting does not help; a new token may.",
        ),
    ),
    (
        Rejected,
        _of_service(
            "{service} refused the question. Why is in the log of who hosts Shiori.",
            otherwise="Waiting does not help.",
        ),
    ),
    (
        ServiceError,
        _of_service("{service} gave no answer.", otherwise=_IN_MINUTES),
    ),
)
