"""Faults that change nothing that anybody could notice, each with the reason."""
# ruff: noqa: E501 - the name of a fault stands on one line

from __future__ import annotations

from collections.abc import Mapping

EQUIVALENT: Mapping[str, Mapping[str, str]] = {
    "bot/http/ask.py": {
        "Priority.BACKGROUND: 3 -> 4": "only the order of the priorities counts",
    },
    "bot/http/circuit.py": {
        "Circuit.__init__.self.timed_out: False -> True": "it is read after a failure, which sets it",
    },
    "bot/http/client.py": {
        "Client.close: await asyncio.gather(*refreshes, return_exceptions=True) -> pass": "closing the flights waits for the same tasks",
        "Client.peek.stale: age_s > entry.fresh_s -> age_s >= entry.fresh_s": "a refresh is tried, and fails, after that moment only",
    },
    "bot/http/lane.py": {
        "Lane._refuse: self._remove(waiter) -> pass": "who waited leaves the queue as soon as it runs",
        "Lane.__init__.self._stamps.maxlen.default: 0 -> 1": "without a window nobody looks at the times of answers",
    },
    "bot/http/share.py": {
        "_wait_until: held <= limit -> held < limit": "no sum of floats meets the limit, which has a margin",
    },
    "bot/http/throttle.py": {
        "Throttle.strike.backoff_s: 10 -> 11": "it keeps the power small; the longest pause is reached before",
    },
    "bot/http/time_account.py": {
        "Ledger.ready_at: pending_debt_s + _MARGIN_S >= account.refuse_at_s -> pending_debt_s + _MARGIN_S > account.refuse_at_s": "no sum of floats meets the limit, which has a margin",
    },
    "bot/http/transport.py": {
        "_CHUNK_BYTES: 64 -> 65": "in what pieces a body comes does not show in it",
        "_CHUNK_BYTES: 1024 -> 1025": "in what pieces a body comes does not show in it",
        "AiohttpTransport._read_body: 0 -> 1": "a length that is not told is compared with a limit of thousands",
    },
    "bot/redis/cache.py": {
        "_UNDELETED: 1000 -> 1001": "how many are remembered is a bound of memory",
        "RedisCache._parse.entry: 0.0 -> 1.0": "when it was stored is set before it is given to anybody",
        "_DELETE: without 'return'": "nobody reads how many heard it",
    },
    "bot/gate/chosen.py": {
        "Chosen.__hash__: without self.lost": "what differs may have the same hash",
    },
    "bot/service/ban.py": {
        "_ASCII: 128 -> 129": "a letter more in a table for texts that have none like it",
    },
    "bot/links/markdown.py": {
        "_find_addresses: position < len(text) -> position <= len(text)": "at the end nothing is found, and reading ends there",
        "_find_addresses.limit: end >= 0 -> end > 0": "a spoiler ends behind its beginning, never at 0",
        "_find_addresses.limit: 0 -> 1": "a spoiler ends behind its beginning, never at 0",
        "_Code.find_end: closing >= 0 -> closing > 0": "code ends behind its beginning, never at 0",
        "_Code.find_end: 0 -> 1": "code ends behind its beginning, never at 0",
        "_Code.find_end: starts[-1] < end -> starts[-1] <= end": "no run of backticks begins where another ends",
    },
    "bot/links/target.py": {
        "parse_search_link.found.maxsplit: 1 -> 2": "what stands before the first separator is the same",
        "_read_typed.target.maxsplit: 1 -> 2": "what stands before the first separator is the same",
    },
    "bot/follow/record.py": {
        "FollowRecords.refuse_notice.counted_s: 0 -> 1": "a second of 1970 is as long ago as the one before it",
        "FollowRecords.refuse_notice.counted_s: 0 -> 1 (no. 2)": "a second of 1970 is as long ago as the one before it",
        "FollowRecords.keep_notices.known: without row.key": "to add what is there already does nothing",
    },
    "bot/vndb/api/random.py": {
        "_digest.digest_size: 16 -> 17": "a longer digest tells the same filters apart",
        "RandomDraw._draw_numbers.size: 0 -> 1": "without a filter a hundred numbers have room either way",
        "RandomDraw.draw: break -> continue": "what is there needs no filling the next times either",
    },
}
"""Reasons by the name of the fault, by file."""
