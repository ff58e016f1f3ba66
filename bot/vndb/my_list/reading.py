"""Whether a token still shows what is private on its list: where it does not, VNDB leaves that out and says nothing.

Its owner can change that on VNDB at any time, so what is stored of its permissions tells nothing of now.
"""

from __future__ import annotations

from bot.account.token import HeldToken
from bot.errors import NoToken
from bot.vndb.api.access import LISTREAD
from bot.vndb.api.client import SERVICE, Vndb
from bot.vndb.api.model import Label


async def check_reading(vndb: Vndb, held: HeldToken) -> None:
    """Raises `NoToken` if the token does not show what is private, and `ServiceError`."""
    access = await vndb.users.fetch_access(held.credential.token)
    if LISTREAD not in access.permissions:
        raise NoToken(SERVICE, "permissions", missing=[LISTREAD])


async def fetch_labels(vndb: Vndb, held: HeldToken, *, anew: bool = False) -> list[Label]:
    """All labels of somebody's own list. `anew`, and raises, as `MyList.fetch_labels` and `check_reading`."""
    labels = await vndb.my_list.fetch_labels(held.credential, anew=anew)
    if all(label.id for label in labels):  # with the permission there is one for what has none, whose number is 0
        await check_reading(vndb, held)
    return labels
