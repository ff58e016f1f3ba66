"""Links and references people type, read into typed values. Nothing here asks anybody anything."""

from __future__ import annotations

import re

# VNDB refuses ids of more than seven digits.
_BARE_ID = re.compile(r"[vV]?([1-9][0-9]{0,6})")
# The host stands alone between the scheme and the first slash, so that neither `vndb.org.evil.example/v17`
# nor `vndb.org@evil.example/v17` nor `evil.example/vndb.org/v17` passes for it.
_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?vndb\.org/v([1-9][0-9]{0,6})(?:[./?#]\S*)?",
    re.IGNORECASE | re.ASCII,
)


def parse_vn_reference(text: str) -> str | None:
    """Return the id (`"v17"`) of the visual novel that `text` names, or None where it is not a reference.

    Understands `v17`, `V17`, `17` and links to a novel's page or its sub-pages, also inside `<…>`.
    """
    reference = text.strip()
    if reference.startswith("<") and reference.endswith(">"):
        reference = reference[1:-1].strip()
    match = _BARE_ID.fullmatch(reference) or _LINK.fullmatch(reference)
    return f"v{match[1]}" if match else None
