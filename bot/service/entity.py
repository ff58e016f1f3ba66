"""Characters as they are written in HTML, such as `&amp;`, in what a service sends."""

from __future__ import annotations


def unescape(text: str) -> str:
    """The text with the characters themselves."""
    if "&" not in text:
        return text
    import html  # noqa: PLC0415 - half a megabyte of names, for whoever meets an ampersand

    return html.unescape(text)
