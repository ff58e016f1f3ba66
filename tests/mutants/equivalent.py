"""Faults that change nothing that anybody could notice, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

EQUIVALENT: Mapping[tuple[str, str], str] = {
    ("bot/http/ask.py", "Priority.BACKGROUND: 3 -> 4"): "only the order of the priorities counts",
    (
        "bot/http/circuit.py",
        "Circuit.__init__.self.timed_out: False -> True",
    ): "it is read after a failure, which sets it",
    ("bot/http/message.py", "Request.key.digest: 16 -> 17"): "a longer digest tells the same questions apart",
    (
        "bot/http/throttle.py",
        "Throttle.strike.backoff_s: 10 -> 11",
    ): "it keeps the power small; the longest pause is reached before",
    ("bot/http/transport.py", "_CHUNK_BYTES: 64 -> 65"): "in what pieces a body comes does not show in it",
    (
        "bot/http/lane.py",
        "Lane._refuse: self._remove(waiter) -> pass",
    ): "who waited leaves the queue as soon as it runs",
    (
        "bot/http/client.py",
        "Client.close: await asyncio.gather(*refreshes, return_exceptions=True) -> pass",
    ): "closing the flights waits for the same tasks",
    (
        "bot/http/share.py",
        "_wait_until: held <= limit -> held < limit",
    ): "no sum of floats meets the limit, which has a margin",
}
"""Reasons by (file, name of the fault)."""
