"""Unicode's normal forms of what others wrote."""

from __future__ import annotations

import unicodedata
from typing import Literal

_PIECE = 1_000


def normalise(form: Literal["NFKC", "NFKD"], text: str) -> str:
    """As `unicodedata.normalize`, in time that grows with the text and not with its square: eighty thousand marks above
    and below one letter took half a minute. So a longer text is taken in pieces, and what stands where two of them meet
    may stay in its parts.
    """
    pieces = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
    return "".join(unicodedata.normalize(form, piece) for piece in pieces)  # noqa: TID251 - here it is short
