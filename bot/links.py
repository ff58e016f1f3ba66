"""Links and references people type, read into typed values. Nothing here asks anybody anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

LINKS_AT_MOST = 5
IMAGE_KINDS = frozenset({"cv", "sf", "ch"})

# VNDB refuses ids of more than seven digits.
_NUMBER = "[1-9][0-9]{0,6}"
_BARE_NUMBER = re.compile(_NUMBER)
_BARE_ID = re.compile(rf"([A-Za-z]{{1,2}})({_NUMBER})")
# The host stands alone between the scheme and the first slash, so that neither `vndb.org.evil.example/v17`
# nor `vndb.org@evil.example/v17` nor `evil.example/vndb.org/v17` passes for it.
_SITE = r"(?:https?://)?(?:www\.)?vndb\.org/"
_ENTRY = re.compile(rf"{_SITE}([vrpcsgiu])({_NUMBER})(?:[./?#]\S*)?", re.IGNORECASE | re.ASCII)
_IMAGE = re.compile(
    rf"(?:{_SITE}(?:img/)?(cv|sf|ch)|https?://[st]2?\.vndb\.org/(cv|sf|ch|st)(?:\.[a-z]+)?/[0-9]{{2}}/)"
    rf"({_NUMBER})(?:\.jpg)?(?:[/?#]\S*)?",
    re.IGNORECASE | re.ASCII,
)
_SEARCH = re.compile(rf"{_SITE}([vrpcs])\?([^\s#]*)(?:#\S*)?", re.IGNORECASE | re.ASCII)
# Texts that are searched for stand in it as they are, but for ASCII.
_COMPACT = re.compile(r"[0-9A-Za-z_\-\u0080-\ud7ff\ue000-\U0010ffff]{2,4000}")

# What can stand in a message, each alternative linear: a step never looks back at what an earlier one passed over.
_STEP = re.compile(r"\\.|<https?://[^\s<>]*>|`+|\|\||https?://[^\s<>]+", re.DOTALL | re.IGNORECASE)
_AFTER_LINK = ").,:;\"'!?*_~|]"


@dataclass(frozen=True, slots=True)
class VndbLink:
    """A link that names an entry (`v17`) or a picture (`sf3412`) of VNDB. `spoiler`: it was posted as one."""

    kind: str
    id: str
    spoiler: bool = False

    @property
    def is_image(self) -> bool:
        """Whether it names a picture: a cover, a screenshot or a character's."""
        return self.kind in IMAGE_KINDS


def parse_vn_reference(text: str) -> str | None:
    """Return the id (`"v17"`) of the visual novel that `text` names, or None where it is not a reference.

    Understands `v17`, `V17`, `17` and links to a novel's page or its sub-pages, also inside `<…>`.
    """
    reference = _unwrap(text)
    return f"v{reference}" if _BARE_NUMBER.fullmatch(reference) else parse_reference(reference, "v")


def parse_reference(text: str, prefix: str) -> str | None:
    """Return the id of the entry that `text` names, or None if it names none whose ids begin with `prefix`.

    Understands `c34`, `C34` and links to its page or sub-pages, also inside `<…>`.
    """
    reference = _unwrap(text)
    match = _BARE_ID.fullmatch(reference) or _ENTRY.fullmatch(reference)
    return f"{prefix}{match[2]}" if match and match[1].lower() == prefix else None


@dataclass(frozen=True, slots=True)
class SearchLink:
    """A link to VNDB's advanced search: of which `kind` of entries (`v`), its `filter` in compact form, its `text`."""

    kind: str
    filter: str | None = None
    text: str | None = None


def parse_search_link(text: str, *, bare: str | None = None) -> SearchLink | None:
    """Return what a link to VNDB's search asks for, or None if it is no such link or asks for nothing.

    `bare`: the kind that a compact filter without a link is for; without it, only links are understood.
    """
    reference = _unwrap(text)
    match = _SEARCH.fullmatch(reference)
    if not match:
        return SearchLink(bare, reference) if bare is not None and _COMPACT.fullmatch(reference) else None
    asked = parse_qs(match[2].replace(";", "&"))  # VNDB writes either between them
    compact = next((value for value in asked.get("f", ()) if _COMPACT.fullmatch(value)), None)
    searched = next((value.strip() for value in asked.get("q", ()) if value.strip()), None)
    return SearchLink(match[1].lower(), compact, searched) if compact or searched else None


def find_vndb_links(text: str) -> list[VndbLink]:
    """Return the first five entries and pictures that a message links to, each once, in its order.

    Links in code and in `<…>`, which people write to get no preview, are passed over.
    """
    found: dict[str, VndbLink] = {}
    for link in _find_links(text, spoiler=False):
        seen = found.get(link.id, link)
        found[link.id] = replace(seen, spoiler=seen.spoiler and link.spoiler)
    return list(found.values())[:LINKS_AT_MOST]


def _find_links(text: str, *, spoiler: bool) -> Iterator[VndbLink]:
    """Read as Discord's clients do: an escape, code, a link and a spoiler are each taken whole where they begin."""
    position = 0
    closers = _Closers(text)
    while step := _STEP.search(text, position):
        position = step.end()
        if step[0][0] == "`":
            position = closers.find_after(step)
        elif step[0] == "||" and not spoiler:
            # There is something in a spoiler, if only a bar.
            end = text.find("||", position + 1)
            if end >= 0:
                yield from _find_links(text[position:end], spoiler=True)
                position = end + 2
        elif step[0][0] in "hH":
            link = _parse_link(step[0].rstrip(_AFTER_LINK))
            if link:
                yield replace(link, spoiler=spoiler)


class _Closers:
    """Where code ends: at the next run of as many backticks as it began with."""

    def __init__(self, text: str) -> None:
        self._starts: dict[int, list[int]] = {}
        for run in reversed(list(re.finditer("`+", text))):
            self._starts.setdefault(_measure(run), []).append(run.start())

    def find_after(self, opening: re.Match[str]) -> int:
        """Return the position after the code, or after the backticks themselves if they open none."""
        length = _measure(opening)
        starts = self._starts.get(length, [])
        while starts and starts[-1] < opening.end():
            starts.pop()
        return starts[-1] + length if starts else opening.end()


def _measure(run: re.Match[str]) -> int:
    # Three open a block, however many more there are.
    return min(run.end() - run.start(), 3)


def _parse_link(url: str) -> VndbLink | None:
    if entry := _ENTRY.fullmatch(url):
        kind = entry[1].lower()
        return VndbLink(kind, f"{kind}{entry[2]}")
    if image := _IMAGE.fullmatch(url):
        kind = (image[1] or image[2]).lower()
        # The old directory of the small screenshots.
        kind = "sf" if kind == "st" else kind
        return VndbLink(kind, f"{kind}{image[3]}")
    return None


def _unwrap(text: str) -> str:
    reference = text.strip()
    if reference.startswith("<") and reference.endswith(">"):
        reference = reference[1:-1].strip()
    return reference
