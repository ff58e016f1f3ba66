"""What is said of the follow of a list of one's own."""

from __future__ import annotations

from msgspec.structs import replace

from bot.account.item import name_link
from bot.account.model import SERVICES, Account, Service
from bot.cards.text import count
from bot.errors import NotLinked
from bot.follow.list import FollowLine
from bot.follow.mine import MineRecords
from bot.follow.model import MINE, Follow
from bot.interaction.reply import Interaction

_TOLD = {
    "AniList": "What you watch or plan to watch is told as its episodes air. "
    "The list is read once a day, up to its 2,000 newest anime.",
    "VNDB": "What you play or have on your wishlist is told as its releases come out. "
    "The list is read once a day, up to its 3,000 newest novels.",
}
_PRIVATE = "⚠️ Your list was private when it was last looked at: nothing is told until everybody can read it."
_UNNAMED = "-# It is the account of your token: of its list, what everybody can read is told."


async def find_account(records: MineRecords, user_id: int, service: Service) -> Account:
    """Somebody's own account. Raises `NotLinked`, `StoreError`."""
    account = await records.find_account(user_id, service)
    if account is None:
        error = NotLinked(service)
        error.way = (f"Link {service}", name_link(service))
        raise error
    return account


def build_list_follow(interaction: Interaction, service: Service) -> Follow:
    """The follow of a list, told to whoever asks for it."""
    return Follow(
        id=interaction.id,
        kind=MINE,
        subject_id=SERVICES.index(service),
        title=service,
        adult=False,
        user_id=interaction.user.id,
        guild_id=None,
        channel_id=None,
        role_id=None,
        delay_s=0,
        language=None,
        platform=None,
        created_s=int(interaction.created_at.timestamp()),
    )


def explain_list(account: Account) -> str:
    """What is told of a list, as markdown."""
    told = _TOLD[account.service]
    if account.by_token:
        return f"{told}\n{_UNNAMED}"
    return told if account.public else f"{told}\n{_PRIVATE}"


async def describe_list(line: FollowLine, follow: Follow, records: MineRecords, now_s: int) -> FollowLine:
    """The line of a list, with its name and how much of it is told; any other line as it is. Raises `StoreError`."""
    if follow.kind != MINE:
        return line
    service = SERVICES[follow.subject_id]
    account = await records.find_account(follow.user_id, service)
    works = await records.count_works(follow.user_id, service, now_s)
    title = f"{service} list of {account.name}" if account else f"{service} list"
    return replace(line, title=title, wishes=["not read yet" if works is None else count(works, "work")])
