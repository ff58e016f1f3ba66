"""Links to web pages, as markdown."""

from __future__ import annotations

import re

from bot.cards.text import escape, one_line

_LONGEST = 400
_UNSAFE = re.compile(r"[^A-Za-z0-9._~/:?=&%#+,;!$'-]")


def build_address(url: str) -> str:
    """An address as markdown takes it; nothing where it leads nowhere a reader should go."""
    if not url.lower().startswith(("http://", "https://")):
        return ""
    safe = _UNSAFE.sub(lambda found: _percent(found[0]), url)
    return safe if len(safe) <= _LONGEST else ""


def format_link(label: str, url: str) -> str:
    """A link to a web page, called `label`; nothing where the address leads nowhere a reader should go."""
    address = build_address(one_line(url))
    return write_link(one_line(label) or address, address) if address else ""


def write_link(label: str, address: str) -> str:
    """A link. Discord takes no address as the label of another, and brackets in a label end it."""
    if "://" in label:
        return f"<{address}>"
    return f"[{escape(label.replace('[', '(').replace(']', ')'))}](<{address}>)"


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
