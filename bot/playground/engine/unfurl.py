"""The embeds that Discord adds of itself for the links of a message. Pure."""

from __future__ import annotations

import re
from typing import Any

Payload = dict[str, Any]

_MOST = 5
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_LINK = re.compile(r"(?<!<)https?://([^\s<>/|)]+)(?:[^\s<>|)]*[^\s<>|).,:;!?'\"])?")


def build_link_embeds(text: str) -> list[Payload]:
    """An embed for each different link, none for links in code and in `<…>`."""
    return [
        {"type": "link", "url": url, "title": host, "description": url, "provider": {"name": host}}
        for url, host in list(_find_links(text).items())[:_MOST]
    ]


def keep_embeds(embeds: list[Payload], text: str) -> list[Payload]:
    """What is left of a message's embeds when its text becomes this one: none of links that are gone."""
    links = _find_links(text)
    return [one for one in embeds if one["type"] == "rich" or one.get("url") in links]


def _find_links(text: str) -> dict[str, str]:
    """Each link's host."""
    return {link[0]: link[1] for link in _LINK.finditer(_CODE.sub(" ", text))}
