"""What of a list on VNDB is read for an import or an export: hundreds of entries with each question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.account.token import HeldToken
from bot.errors import BadAnswer
from bot.transfer.model import ListFile
from bot.transfer.plan import Plan, build_plan
from bot.vndb.api.client import Vndb
from bot.vndb.api.error import SERVICE
from bot.vndb.api.model import ListEntry
from bot.vndb.api.query import MAX_RESULTS
from bot.vndb.api.whole_list import Whose
from bot.vndb.my_list.reading import fetch_labels

Report = Callable[[str], None]
"""Is told, in a sentence, what is done by now."""

_ENTRIES_AT_MOST = 60_000
"""As many as VNDB has novels, about. A list that never ends is none."""


async def fetch_list(vndb: Vndb, whose: Whose, report: Report) -> list[ListEntry]:
    """All entries of a list that may be seen, by the numbers of their novels. Raises `ServiceError`."""
    entries: dict[str, ListEntry] = {}
    after: str | None = None
    while True:
        part = await vndb.whole_lists.fetch_part(whose, after=after)
        entries.update((entry.id, entry) for entry in part.entries)
        if not part.more:
            return list(entries.values())
        if not part.entries or part.entries[-1].id == after or len(entries) > _ENTRIES_AT_MOST:
            raise BadAnswer(SERVICE, "a list without an end")
        after = part.entries[-1].id
        report(f"Reading the list on VNDB: {len(entries):,} entries so far. Large lists take some minutes.")


async def fetch_plan(vndb: Vndb, held: HeldToken, file: ListFile, *, file_name: str, report: Report) -> Plan:
    """What a file would change on somebody's list as it is now. Raises `NoToken` if the token does not show all of it,
    and `ServiceError`.
    """
    known: dict[str, ListEntry] = {}
    titles: dict[str, str] = {}
    ids = list(file.entries)
    for start in range(0, len(ids), MAX_RESULTS):
        block = ids[start : start + MAX_RESULTS]
        standing = await vndb.whole_lists.fetch_standing(block, held.credential)
        if standing.unread:
            raise BadAnswer(SERVICE, "an entry of the list that cannot be read")
        known.update(standing.entries)
        titles.update(await _find_titles(vndb, [one for one in block if one not in standing.entries]))
        report(f"Comparing with VNDB: {start + len(block):,} of {len(ids):,} entries.")
    # After the entries, since it is by them that one knows whether all of those were shown.
    labels = await fetch_labels(vndb, held, anew=True)
    return await asyncio.to_thread(
        build_plan, file, known, titles, labels, file_name=file_name, account=held.name or held.uid
    )


async def _find_titles(vndb: Vndb, missing: Sequence[str]) -> dict[str, str]:
    return await vndb.whole_lists.find_titles(missing) if missing else {}
