"""How many examples a property is tried with."""

from __future__ import annotations

from typing import Any

from hypothesis import settings


def examples(number: int, **others: Any) -> settings:
    """`number` of them in a hundred of the profile's: a fifth with `make test`, three times as many
    with `make test-deep`.
    """
    return settings(max_examples=max(5, number * settings().max_examples // 100), **others)
