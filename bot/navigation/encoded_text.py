"""What was searched for, as an address carries it."""

from __future__ import annotations

import base64
import binascii

from bot.errors import InvalidInput


def encode_text(text: str) -> str:
    """The text in letters, digits, `-` and `_` alone; a third longer than its bytes."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_text(encoded: str) -> str:
    """What `encode_text` wrote. Raises `InvalidInput` for anything else."""
    try:
        return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidInput("search", "is not one") from None
