"""AniList's descriptions, which mix HTML with its own markdown, put into the codes that `bot.cards.markup` writes.

That writer knows how to cut, page and hide a text. What AniList means is said to it piece by piece, each in codes of
its own, so that no code of one piece reaches another. What is hidden stays hidden: a spoiler that is never closed hides
the rest, and no tag, link or address is read across the border of a spoiler.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from bot.cards.markup import MARKUP_AT_MOST, render_markup
from bot.cards.text import BREAK, ELLIPSIS, clean, cut
from bot.service.entity import unescape

_INSIDE_TAG = r"(?:(?!~!|!~)[^<>]){0,500}"
_IN_ADDRESS = r"(?!~!|!~)[^\s<>\"()\[\]|]"
_TOKEN = re.compile(
    r"(?P<border>!~!|~!~|~!|!~)"
    rf"|<(?P<close>/)?(?P<tag>[A-Za-z][A-Za-z0-9]{{0,9}})(?P<attributes>(?:[\s/]{_INSIDE_TAG})?)>"
    r"|(?<!\w)(?:img[0-9]{0,4}%?|webm|youtube)"
    rf"\((?P<media>(?:{_IN_ADDRESS}){{1,400}})\)"
    r"|\[(?P<label>(?:(?!~!|!~)[^\[\]\n]){1,300})\]"
    rf"\((?P<target>(?:{_IN_ADDRESS}|\((?:{_IN_ADDRESS}){{0,100}}\)){{1,400}})\)"
    rf"|(?P<address>https?://(?:{_IN_ADDRESS}){{1,400}}(?<=[\w=/-]))"
    r"|(?P<centre>~~~(?!!))"
    r"|(?P<marker>\*\*|__|~~(?!!)|\*|(?<![^\W_])_(?=\S)|(?<=\S)_(?![^\W_]))"
    r"|(?P<gap>\n[ \t]*\n)"
)
_CODES = {"b": "b", "strong": "b", "i": "i", "em": "i", "u": "u", "s": "s", "strike": "s", "del": "s"}
_MARKERS = {"**": "b", "__": "b", "~~": "s", "*": "i", "_": "i"}
_BLOCKS = frozenset({"br", "center", "div", "h1", "h2", "h3", "h4", "h5", "hr", "li", "p", "ul", "ol", "blockquote"})
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s\[\]]+", re.IGNORECASE)
_FACTS = re.compile(r"(?:\s*(?:__|\*\*)[^_*:\n]{1,40}(?::(?:__|\*\*)|(?:__|\*\*):)[^\n]{0,200}(?:\n|$))+")
_CUT = f"[raw]{ELLIPSIS}[/raw]"
_END_OF_RAW = re.compile(r"\[(?=/raw\])", re.IGNORECASE)


class _Open(msgspec.Struct):
    """What is open at a place of the text."""

    hidden: bool = False
    counts: dict[str, int] = msgspec.field(default_factory=lambda: dict.fromkeys("bius", 0))
    spans: list[bool] = []  # whether each `span` is in a spoiler
    links: list[str] = []

    def wrap(self, text: str, *, link: str = "") -> str:
        """A piece of text in codes that say how it stands."""
        plain = _END_OF_RAW.sub("[" + BREAK, clean(unescape(text)))
        if not plain:
            return ""
        link = link or (self.links[-1] if self.links else "")
        codes = ["spoiler"] if self.hidden or self.spans[-1:] == [True] else []
        codes += [code for code, number in self.counts.items() if number > 0]
        before, after = "".join(f"[{code}]" for code in codes), "".join(f"[/{code}]" for code in reversed(codes))
        if link:
            before, after = f"{before}[url={link}]", f"[/url]{after}"
        return f"{before}[raw]{plain}[/raw]{after}"


def render_description(description: str, *, limit: int, spoilers: bool, adult: bool = False) -> str:
    """A description as Discord markdown in at most `limit` UTF-16 units, with `…` where it was cut. `spoilers` and
    `adult` as with `render_markup`.
    """
    return render_markup(build_codes(description), limit=limit, spoilers=spoilers, adult=adult)


def build_codes(description: str, *, facts: bool = True) -> str:
    """A description in VNDB's formatting codes, in at most `MARKUP_AT_MOST` characters.

    Without `facts`, those that most of AniList's begin with (`__Height:__ 182 cm`) are left out, if there is more.
    """
    return _build_codes(cut(description), facts)


@lru_cache(maxsize=256)
def _build_codes(description: str, facts: bool) -> str:
    pieces: list[str] = []
    room = MARKUP_AT_MOST - len(_CUT)
    text = clean(description)
    for piece in _list_pieces(text, 0 if facts else _find_end_of_facts(text)):
        room -= len(piece)
        if room < 0:
            pieces.append(_CUT)
            break
        pieces.append(piece)
    return "".join(pieces)


def _find_end_of_facts(text: str) -> int:
    match = _FACTS.match(text)
    return match.end() if match and text[match.end() :].strip() else 0


def _list_pieces(text: str, start: int) -> Iterator[str]:
    """The pieces from `start` on. What stands before it is read all the same: a spoiler may begin there."""
    opened = _Open()
    position = 0
    tokens = list(_TOKEN.finditer(text))
    paired = _find_pairs(tokens, text)
    for at, token in enumerate(tokens):
        yield opened.wrap(text[max(position, start) : token.start()])
        position = token.end()
        piece = _read(token, opened, paired.get(at))
        if token.start() >= start:
            yield piece
    yield opened.wrap(text[max(position, start) :])


def _find_pairs(tokens: Sequence[re.Match[str]], text: str) -> dict[int, int]:
    """1 for each marker that begins something and -1 for the one that ends it, within a paragraph."""
    paired: dict[int, int] = {}
    waiting: dict[str, int] = {}
    for at, token in enumerate(tokens):
        if token["gap"]:
            waiting.clear()
        marker = token["marker"]
        if not marker:
            continue
        begins = not text[token.end() : token.end() + 1].isspace()
        ends = not text[max(token.start() - 1, 0) : token.start()].isspace()
        if marker in waiting and ends:
            paired[waiting.pop(marker)] = 1
            paired[at] = -1
        elif begins:
            waiting[marker] = at
    return paired


def _read(token: re.Match[str], opened: _Open, pair: int | None) -> str:
    """Open or close what `token` says; the text that stands in its place."""
    if token["border"]:
        return _cross(token["border"], opened)
    if token["tag"]:
        return _read_tag(token, opened)
    if token["marker"] and pair is not None:
        opened.counts[_MARKERS[token["marker"]]] += pair
        return ""
    if token["media"] or token["centre"]:
        return ""
    return opened.wrap(token["label"] or token[0], link=_build_link(token["target"] or token["address"] or ""))


def _cross(border: str, opened: _Open) -> str:
    """Begin or end a spoiler, whichever is due: `!~!` and `~!~` may be read as either, and nothing is hidden twice."""
    before, _, after = border.partition("!~" if opened.hidden else "~!")
    if before == border:
        return opened.wrap(border)
    shown = opened.wrap(before)
    opened.hidden = not opened.hidden
    return shown + opened.wrap(after)


def _read_tag(token: re.Match[str], opened: _Open) -> str:
    tag, closes = token["tag"].lower(), bool(token["close"])
    if tag in _CODES:
        code = _CODES[tag]
        opened.counts[code] = max(opened.counts[code] + (-1 if closes else 1), 0)
    elif tag == "span" and not closes:
        opened.spans.append(opened.spans[-1:] == [True] or "spoiler" in token["attributes"].lower())
    elif tag == "span" and opened.spans:
        opened.spans.pop()
    elif tag == "a" and not closes:
        href = _HREF.search(token["attributes"])
        opened.links.append(_build_link(unescape(next(filter(None, href.groups()), ""))) if href else "")
    elif tag == "a" and opened.links:
        opened.links.pop()
    return opened.wrap("\n") if tag in _BLOCKS else ""


def _build_link(target: str) -> str:
    """The address, or nothing where it leads nowhere a reader should go."""
    return target if _WEB.fullmatch(target) else ""
