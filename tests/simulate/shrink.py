"""The shortest script that still fails as a longer one did."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulate.run import Outcome
from tests.simulate.script import Script


def shrink(failed: Outcome, run: Callable[[Script], Outcome], *, tries: int = 200) -> Outcome:
    """Leave out steps while it fails alike: halves first, single ones in the end."""
    best, size = failed, max(1, len(failed.script.steps) // 2)
    while tries > 0:
        start, shorter = 0, False
        while start < len(best.script.steps) and tries > 0:
            tries -= 1
            outcome = run(best.script.without(start, size))
            if outcome.kind == failed.kind:
                best, shorter = outcome, True
            else:
                start += size
        if size == 1 and not shorter:
            break
        size = max(1, size // 2)
    return best
