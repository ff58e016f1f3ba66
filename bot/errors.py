"""Every error that Shiori raises on purpose, as one tree.

    ShioriError
    ├── ConfigError            the environment holds something that cannot be used
    ├── InvalidInput           what a person typed cannot be used
    ├── NotFound               the service answered, and there is no such entry
    ├── NotAllowed             a person lacks a permission
    ├── NoServer               the bot is no member of a server, or has not been told of it yet
    ├── NoToken                a person has no token here that can be used for this
    ├── NotLinked              a person asks for their own account on a service, and has linked none
    ├── StoreError             the database cannot be used just now
    │   ├── Unread             what is stored cannot be looked up
    │   ├── Unconfirmed        nobody knows whether it saved a change
    │   ├── HalfDeleted        a part of what had to be deleted is gone already
    │   └── PlaceAway          so what is too long for a button has no pages
    ├── SharedAway             what processes share cannot be used just now
    └── ServiceError           a service did not give an answer
        ├── Unavailable        it is down: connection refused, 5xx
        │   ├── TimedOut       it took too long
        │   └── CircuitOpen    it failed so often that it is left alone for some seconds
        │       └── Silent     in the end it did not answer at all
        ├── Throttled          it asked us to wait, or our own account with it is used up
        │   ├── Blocked        it throttled us so often that it is left alone until that is safe
        │   │   └── Banned     it says itself that it does so for a time
        │   ├── TimeSpent      it took long over the last questions, and grants only so much time
        │   └── OverShare      the person has had their share of it, and the rest is for others
        │       └── OverTime    of its time, since it took long over their questions
        ├── QueryTimedOut      it gave up, since finding the answer took it too long
        ├── NotConfirmed       nobody knows whether it made a change, or what it has since
        ├── BadAnswer          it answered with something that is not what it promises
        └── Rejected           it refused the question (4xx)
            └── Unauthorized   it did not accept the token, or the lack of one
                ├── UnknownToken       it knows no such token: it was taken back, or the account is closed
                ├── MalformedToken     that is no token of its form
                └── MissingPermission  the token does not permit this

Errors carry facts (service, status, seconds), never sentences for people: `bot.interaction.error` makes those.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
from collections.abc import Sequence
from typing import Literal, NamedTuple

Trouble = Literal["silent", "away", "cut", "broken", "garbled"]
"""Why a service gave no answer that is of use: none came in time; nobody was there; the connection ended before it; it
said that it is broken; nobody here understands it.
"""

# In the text of an error that stands for several: each address of a host was tried.
_NUMBER = re.compile(r"\[Errno (\d+)\]")


def describe_failure(error: BaseException) -> str:
    """Why something could not be reached or read, in the words that it has for that, else by the kind of the error.

    Never by its text, which may hold what nobody else may read.
    """
    error = getattr(error, "os_error", error)  # aiohttp's has the system's
    if isinstance(error, socket.gaierror):
        return "its name cannot be looked up" if error.errno == socket.EAI_AGAIN else "no such host name"
    if isinstance(error, ssl.SSLError):
        return "its certificate is not trusted" if isinstance(error, ssl.SSLCertVerificationError) else "no TLS there"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError):
        found = _NUMBER.search(str(error))
        number = error.errno or (int(found[1]) if found else None)
        if number:
            return os.strerror(number)
    return type(error).__name__


class Near(NamedTuple):
    """Something that may have been meant: the address of its page, what it is called, and what tells it apart.

    Without an address it is a word to be typed.
    """

    address: str
    name: str
    detail: str = ""


class ShioriError(Exception):
    """The root of the tree. `near`: what may have been meant, where something was misspelt. `search`: the label and the
    address of the service's own search for it. `way`: the label and the custom id of a button that mends it.
    """

    near: Sequence[Near] = ()
    search: tuple[str, str] | None = None
    way: tuple[str, str] | None = None


class ConfigError(ShioriError):
    """The configuration cannot be used. `problems` holds one line for each fault."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class InvalidInput(ShioriError):
    """A person typed something that cannot be used: `what` it was for, and the `reason`, in a few words."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what = what
        self.reason = reason


class NotFound(ShioriError):
    """The service answered: there is no such entry. `what` names what was looked for.

    `asked`: the conditions that it was to fulfil, escaped.
    """

    asked: str = ""

    def __init__(self, service: str, what: str) -> None:
        super().__init__(f"{service}: no {what}")
        self.service = service
        self.what = what


class NoPage(ShioriError):
    """A list has no page of that number: it is shorter. `last`: how many it has, if that is known."""

    def __init__(self, number: int, *, last: int | None = None) -> None:
        super().__init__(f"no page {number}")
        self.number = number
        self.last = last


class NotAllowed(ShioriError):
    """A person lacks the permission that this needs: any of `permissions`, as Discord calls them.

    `instead`: what they can do without it, as a sentence.
    """

    def __init__(self, *permissions: str, instead: str = "") -> None:
        super().__init__(f"needs {' or '.join(permissions)}")
        self.permissions = permissions
        self.instead = instead


class NoServer(ShioriError):
    """Of a server nothing can be told or kept: the bot is no member of it, or Discord has not told of it yet."""

    def __init__(self, *, is_member: bool) -> None:
        super().__init__("a server that is not told of" if is_member else "no member of a server")
        self.is_member = is_member


class NoToken(ShioriError):
    """A person has no token for a service that can be used for this.

    `why`: the host switched that off, by setting no key; there is none; the service knew it no more; it opens with no
    key; or it lacks the permissions `missing`, as the service calls them.
    """

    def __init__(
        self,
        service: str,
        why: Literal["off", "none", "unknown", "sealed", "permissions"],
        *,
        missing: Sequence[str] = (),
    ) -> None:
        super().__init__(f"{service}: no token ({why})")
        self.service = service
        self.why = why
        self.missing = tuple(missing)
        if why != "off":
            self.way = (f"Link your {service} token", f"{service.lower()}-token:open")


class NotLinked(ShioriError):
    """A person asks for their own account on a service, and has linked none."""

    def __init__(self, service: str) -> None:
        super().__init__(f"nobody linked on {service}")
        self.service = service


class StoreError(ShioriError):
    """The database cannot be used just now, or not at all: `reason`, without anything secret in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"store: {reason}")
        self.reason = reason


class Unread(StoreError):
    """What is stored cannot be looked up: to show it, or to find out what to change."""


class Unconfirmed(StoreError):
    """The connection was lost while a change was being saved: it may be saved or not."""


class HalfDeleted(StoreError):
    """Of what had to be deleted a part may be gone already. Whoever deletes once more deletes the rest."""


class Forgotten(ShioriError):
    """Somebody had everything deleted while this was going on, so that it was not stored."""


class PlaceAway(StoreError):
    """Where a page is that is too long for a button can be neither kept nor looked up."""


class SharedAway(ShioriError):
    """What processes share cannot be used just now: `reason`, without anything secret in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"shared: {reason}")
        self.reason = reason


class ServiceError(ShioriError):
    """A service gave no answer. `retry_after_s`: seconds after which asking again makes sense, if known.

    `also`: another service that was asked first, and gave none either.
    """

    def __init__(
        self, service: str, reason: str = "", *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"{service}: {reason or type(self).__name__}" + (f" ({status})" if status else ""))
        self.service = service
        self.reason = reason
        self.status = status
        self.retry_after_s = retry_after_s
        self.also: str | None = None


class Unavailable(ServiceError):
    """The service is down or cannot be reached. `cut`: it had been asked when the connection ended."""

    cut = False

    @property
    def trouble(self) -> Trouble:
        """What happened."""
        if isinstance(self, TimedOut):
            return "silent"
        if self.status is not None:
            return "broken"
        return "cut" if self.cut else "away"


class TimedOut(Unavailable):
    """The service took too long, or longer than the caller could wait."""


class CircuitOpen(Unavailable):
    """The service failed repeatedly and is not asked until `retry_after_s` has passed."""


class Silent(CircuitOpen):
    """The same, and in the end it did not even answer."""


class Throttled(ServiceError):
    """The service asked us to wait, or answering within its limits would take longer than the caller has."""


class Blocked(Throttled):
    """The service throttled us so often that it is left alone until that is safe."""


class Banned(Blocked):
    """The service has shut us out, and says for how long."""


class OverShare(Throttled):
    """The person has had as much of the service as one may have. `retry_after_s`: until some is theirs again."""


class OverTime(OverShare):
    """It took so long over the person's questions that they have had their share of the time that it grants."""


class TimeSpent(Throttled):
    """It took so long over the last questions that the time it grants is used up."""


class QueryTimedOut(ServiceError):
    """The service gave up on the question itself. It is well: asking the same again only costs it the same again."""


class NotConfirmed(ServiceError):
    """The service did not say what became of a change. `taken`: it said that it made it, but not what it has since."""

    def __init__(self, service: str, reason: str, *, taken: bool) -> None:
        super().__init__(service, reason)
        self.taken = taken


class BadAnswer(ServiceError):
    """The answer is not what the service promises: wrong shape, too large, a redirect elsewhere."""


class Rejected(ServiceError):
    """The service refused the question. `reason` holds its own words, for the log."""


class Unauthorized(Rejected):
    """The service did not accept the token that came with the question, or wanted one."""


class UnknownToken(Unauthorized):
    """The service knows no such token: there never was one, it was taken back, or its account is closed."""


class MalformedToken(Unauthorized):
    """What came with the question does not have the form of a token."""


class MissingPermission(Unauthorized):
    """The service knows the token, which does not permit this."""
