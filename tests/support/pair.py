"""Which pairs of two lists are tried every day, where what becomes of one does not depend on the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def each_once(first: Iterable[Any], second: Iterable[Any]) -> list[Any]:
    """Parameters: pairs in which each value of both stands, and all others for `make test-deep`.

    For what the code decides in two places, as what a fault is called and which command it came upon.
    """
    ones, others = list(first), list(second)
    daily = {(number % len(ones), number % len(others)) for number in range(max(len(ones), len(others)))}
    return [
        pytest.param(one, other, marks=() if (row, column) in daily else pytest.mark.deep)
        for row, one in enumerate(ones)
        for column, other in enumerate(others)
    ]
