"""Faults that change nothing that anybody could notice, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

EQUIVALENT: Mapping[tuple[str, str], str] = {
    ("bot/http/ask.py", "Priority.BACKGROUND: 3 -> 4"): "only the order of the priorities counts",
    (
        "bot/http/circuit.py",
        "Circuit.__init__.self.timed_out: False -> True",
    ): "it is read after a failure, which sets it",
    (
        "bot/http/share.py",
        "_wait_until: held <= limit -> held < limit",
    ): "no sum of floats meets the limit, which has a margin",
}
"""Reasons by (file, name of the fault)."""
