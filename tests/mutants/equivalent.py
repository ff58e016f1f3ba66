"""Faults that change nothing that anybody could notice, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

EQUIVALENT: Mapping[tuple[str, str], str] = {}
"""Reasons by (file, name of the fault)."""
