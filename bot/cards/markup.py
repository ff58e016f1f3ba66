"""VNDB's formatting codes, turned into Discord's markdown.

VNDB's page on its codes: https://vndb.org/d9#4. The work is done in three steps, each linear in the length of
the text: tokens are read, a stack of open codes makes them runs of equally formatted text, and a writer sets
the markers.

What is hidden stays hidden. A spoiler that is never closed hides everything after it; one that is closed in
the wrong order stays open, as on VNDB's own page; and the writer never leaves a marker open where it stops.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from bot.cards.link import build_address, write_link
from bot.cards.site import is_for_adults
from bot.cards.text import BREAK, ELLIPSIS, clean, clip, clip_field, cut, escape, size

_SITE = "https://vndb.org"

# A code's address never holds a bracket here, so that no unclosed `[url=` searches to the end of the text.
_TOKEN = re.compile(
    r"(?i:\[(?P<close>/)?(?P<code>b|i|u|s|spoiler|quote|code|raw)\])"
    r"|(?i:\[url=(?P<target>[^\]\[\s]+)\])"
    r"|(?i:(?P<close_url>\[/url\]))"
    r"|(?P<address>https?://[^\s<>\"\]\[|]*[\w=/-])"
    r"|(?<![\w/.-])(?P<entry>"
    r"d[1-9][0-9]{0,6}(?:\.[1-9][0-9]{0,6}){2}|[cdgiprstuvw][1-9][0-9]{0,6}(?:\.[1-9][0-9]{0,6})?)(?!\w)",
)
# `@` could mention, `* | ( )` could end a marker: their percent-encoded forms mean the same.
# A piece of one line that ends where a word does, or a longer word.
_PIECE = re.compile(r"\n|[^\n]{1,200}(?!\S)|[^\S\n]*\S+")
_MARKERS = {"b": "**", "u": "__", "s": "~~", "i": "*"}
_FREE = size(ELLIPSIS)
_MARKERS_AT_MOST = 50
"""Code units that markers, blanks and the signs of a link or a code block can take around one piece of text."""
# What ends a sentence, with what closes around it. In Japanese no blank follows.
_SENTENCE = re.compile(r"""[.!?…]["'”’)]*(?=\s)|[。！？][」』）]*""")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")


class _Style(msgspec.Struct, frozen=True):
    """How a run of text is shown. `codes` are those of `_MARKERS` that are open."""

    codes: frozenset[str] = frozenset()
    spoiler: bool = False
    quote: bool = False
    code: bool = False
    link: str | None = None

    @property
    def markers(self) -> list[str]:
        """The markers to set, outermost first; always in the same order, so that runs nest in one another."""
        opening = ["||"] if self.spoiler else []
        return opening + [marker for code, marker in _MARKERS.items() if code in self.codes]


class _Run(msgspec.Struct, frozen=True):
    text: str
    style: _Style


EXCERPT = 130
"""Characters that an excerpt is near to: two or three lines of a wide window, and four of a phone's 35 letters."""

_EXCERPT_LIMIT = 900  # of `size`: with its markers, links and heavy letters

MARKUP_AT_MOST = 16_000
"""Characters of a description that are read, with its codes: reading them is what holds everybody else up."""


def render_markup(description: str, *, limit: int, spoilers: bool, adult: bool = False) -> str:
    """`description` as Discord markdown in at most `limit` of `size`, with `…` where it was cut.

    Without `spoilers`, what they hide is left out. Without `adult`, what links to a site for adults is text.
    """
    return _render_markup(cut(description, MARKUP_AT_MOST), limit, spoilers, adult)


def render_markup_pages(
    description: str, *, first: int, further: int, spoilers: bool, adult: bool = False
) -> tuple[str, ...]:
    """All of `description` in pages: one of at most `first` of `size`, and those it needs of `further`.

    At least one page. Where pages take 500 or more, only a word or a piece of code that is longer than one is cut.
    """
    return _render_markup_pages(cut(description, MARKUP_AT_MOST), first, further, spoilers, adult)


def render_excerpt(description: str, *, spoilers: bool, adult: bool = False) -> str:
    """The beginning of `description` as a paragraph of about `EXCERPT`, up to the end of a sentence or word."""
    return _render_excerpt(cut(description, MARKUP_AT_MOST), spoilers, adult)


def has_spoiler(description: str) -> bool:
    """Whether `render_markup` leaves anything out without `spoilers`."""
    return _has_spoiler(cut(description, MARKUP_AT_MOST))


# A third of the time that a remembered card takes to build would be spent here; see `make bench`.
@lru_cache(maxsize=256)
def _render_markup(description: str, limit: int, spoilers: bool, adult: bool) -> str:
    writer = _Writer(limit)
    for run in _list_runs(description, spoilers=spoilers, adult=adult):
        writer.write(run)
        if writer.is_full:
            break
    return writer.finish()


@lru_cache(maxsize=128)
def _render_markup_pages(description: str, first: int, further: int, spoilers: bool, adult: bool) -> tuple[str, ...]:
    pages: list[str] = []
    writer = _Writer(first)
    for run in _list_runs(description, spoilers=spoilers, adult=adult):
        for piece in _split(run):
            if not writer.has_room(piece):
                pages.append(writer.finish())
                writer = _Writer(further)
            writer.write(piece)
    return (*pages, writer.finish())


@lru_cache(maxsize=256)
def _render_excerpt(description: str, spoilers: bool, adult: bool) -> str:
    # On one line where its codes allow it.
    runs = list(_list_runs(" ".join(description.split()), spoilers=spoilers, adult=adult))
    end, is_whole = _find_end("".join(run.text for run in runs))
    writer = _Writer(_EXCERPT_LIMIT)
    for run in runs:
        text = run.text[:end]
        end -= len(text)
        writer.write(replace(run, text=text if end or is_whole else text.rstrip(",;:–—- ") + ELLIPSIS))
        if end <= 0 or writer.is_full:
            break
    return writer.finish()


def _find_end(text: str) -> tuple[int, bool]:
    """Where an excerpt of `text` ends, and whether that is no break inside a sentence."""
    text = text.rstrip()
    if len(text) <= EXCERPT:
        return len(text), True
    sentences = [match.end() for match in _SENTENCE.finditer(text, EXCERPT // 2, EXCERPT + EXCERPT // 6)]
    if sentences:
        return min(sentences, key=lambda end: abs(end - EXCERPT)), True
    blank = text.rfind(" ", EXCERPT // 2, EXCERPT)
    return (blank if blank > 0 else len(clip_field(text, EXCERPT)) - 1), False


@lru_cache(maxsize=256)
def _has_spoiler(description: str) -> bool:
    return any(run.style.spoiler and run.text.strip() for run in _list_runs(description, spoilers=True, adult=True))


def _list_runs(description: str, *, spoilers: bool, adult: bool) -> Iterator[_Run]:
    runs = _read_runs(clean(description, at_most=MARKUP_AT_MOST).strip())
    # Left out before they are joined: the halves of a mention may meet where a spoiler stood between them.
    return _join(run if adult else _drop_site(run) for run in runs if spoilers or not run.style.spoiler)


def _drop_site(run: _Run) -> _Run:
    """The run without its link, if that leads to a site for adults. A text that is an address goes with it."""
    link = run.style.link
    if not link or not is_for_adults(link):
        return run
    return _Run(ELLIPSIS if "://" in run.text else run.text, replace(run.style, link=None))


def _split(run: _Run) -> Iterator[_Run]:
    """Cut a run between words, so that no mention or address is put together from two harmless halves."""
    if run.style.code:
        yield run
        return
    for piece in _PIECE.findall(run.text):
        yield _Run(piece, run.style)


class _Open:
    """The codes that are open, innermost last, and the style they make together."""

    def __init__(self) -> None:
        self._stack: list[str] = []
        self._counts: Counter[str] = Counter()
        self._links: list[str] = []

    @property
    def innermost(self) -> str:
        return self._stack[-1] if self._stack else ""

    @property
    def style(self) -> _Style:
        counts = self._counts
        return _Style(
            codes=frozenset(code for code in _MARKERS if counts[code]),
            spoiler=counts["spoiler"] > 0,
            quote=counts["quote"] > 0,
            # Inside a spoiler or a quote a code block would break out of it in some clients.
            code=self.innermost == "code" and not (counts["spoiler"] or counts["quote"] or counts["url"]),
            link=(self._links[-1] or None) if self._links else None,
        )

    def open(self, code: str, *, link: str = "") -> None:
        self._stack.append(code)
        self._counts[code] += 1
        if code == "url":
            self._links.append(link)

    def close(self) -> None:
        code = self._stack.pop()
        self._counts[code] -= 1
        if code == "url":
            self._links.pop()


def _read_runs(text: str) -> Iterator[_Run]:
    opened = _Open()
    position = 0
    for token in _TOKEN.finditer(text):
        if token.start() > position:
            yield _Run(text[position : token.start()], opened.style)
        position = token.end()
        yield _read_token(token, opened)
    yield _Run(text[position:], opened.style)


def _read_token(token: re.Match[str], opened: _Open) -> _Run:
    """Open or close what `token` says, or take it as text where it means nothing at this place."""
    style = opened.style
    innermost = opened.innermost
    code = (token["code"] or "").lower()
    if token["close"] or token["close_url"]:
        if innermost != (code or "url"):
            return _Run(token[0], style)
        opened.close()
        return _Run("\n" if code == "quote" else "", opened.style)
    if innermost in {"raw", "code"}:
        return _Run(token[0], style)
    if code or token["target"]:
        opened.open(code or "url", link=_build_link(token["target"] or ""))
        return _Run("\n" if code == "quote" else "", style)
    if style.link:
        return _Run(token[0], style)
    link = _build_link(token[0]) if token["address"] else _build_entry_link(token[0])
    return _Run(token[0], replace(style, link=link or None))


def _build_link(target: str) -> str:
    """The whole address of `target`, or an empty string where it leads nowhere a reader should go."""
    if target.startswith("/") and not target.startswith("//"):
        target = _SITE + target
    return build_address(target)


def _build_entry_link(entry: str) -> str:
    """`v17` and `v17.4` are pages; `d9.4.1` is a place on the page `d9`."""
    parts = entry.lower().split(".", 1)
    if parts[0].startswith("d") and len(parts) == 2:
        return f"{_SITE}/{parts[0]}#{parts[1]}"
    return f"{_SITE}/{entry.lower()}"


def _join(runs: Iterable[_Run]) -> Iterator[_Run]:
    """Join neighbours of one style, so that no mention or list is put together from two harmless halves."""
    texts: list[str] = []
    style = _Style()
    for run in runs:
        if run.style != style and texts:
            yield _Run("".join(texts), style)
            texts = []
        style = run.style
        if run.text:
            texts.append(run.text)
    if texts:
        yield _Run("".join(texts), style)


class _Writer:
    """Sets runs one after another, within `limit` code units, and closes what is open at the end."""

    def __init__(self, limit: int) -> None:
        self.is_full = False
        self._limit = limit
        self._parts: list[str] = []
        self._used = 0
        self._open: list[str] = []
        self._gap = ""  # blanks not yet written: markers must stand against the text, not against a blank
        self._quote = False

    def write(self, run: _Run) -> None:
        if run.style.code:
            self._write_code(run.text)
            return
        # A spoiler may go on over an empty line, all other markers are set anew on each line.
        for index, line in enumerate(_BLANK_LINES.sub("\n\n", run.text).split("\n")):
            if index:
                self._gap += "\n"
            self._write_line(line, run.style)
            if self.is_full:
                return

    def has_room(self, run: _Run) -> bool:
        """Whether all of `run` fits for certain. On an empty page there is no more room than there is."""
        if not self._parts:
            return True
        bars = run.text.count("|")
        needed = size(escape(run.text)) + bars + len(run.style.link or "") + _MARKERS_AT_MOST
        return not self.is_full and self._used + needed <= self._limit

    def finish(self) -> str:
        self._close(0)
        return "".join(self._parts)

    def _write_line(self, line: str, style: _Style) -> None:
        core = line.strip()
        if not core:
            self._gap += line
            return
        self._gap += line[: len(line) - len(line.lstrip())]
        markers = style.markers
        self._move_to(markers, quote=style.quote)
        if not self.is_full:
            self._put_text(core, style)
        self._gap = line[len(line.rstrip()) :]

    def _move_to(self, markers: list[str], *, quote: bool) -> None:
        """Close what ends here, write the blanks, open what begins."""
        new_line = "\n" in self._gap or not self._parts
        keep = _count_common(self._open, markers)
        if new_line:
            keep = min(keep, 1) if self._open[:1] == ["||"] and not (quote or self._quote) else 0
        closed = len(self._open) > keep
        self._close(keep)
        gap = self._take_gap(quote=quote, new_line=new_line)
        opening = markers[keep:]
        if closed and opening and not gap:
            gap = BREAK  # `**a**` and `*b*` side by side would be read as something else
        closers = sum(map(len, markers))
        if self._used + size(gap) + sum(map(len, opening)) + closers + 1 + _FREE > self._limit:
            self._stop()
            return
        self._put(gap)
        for marker in opening:
            self._put(marker)
            self._open.append(marker)
        self._quote = quote

    def _take_gap(self, *, quote: bool, new_line: bool) -> str:
        gap, self._gap = self._gap, ""
        if not new_line:
            return gap
        breaks = min(gap.count("\n"), 2) if self._parts else 0
        if quote and self._quote:
            return "\n" + "> \n" * (breaks - 1) + "> "
        return "\n" * breaks + ("> " if quote else "")

    def _put_text(self, core: str, style: _Style) -> None:
        room = self._limit - self._used - sum(map(len, self._open)) - _FREE
        if style.link:
            whole = write_link(core, style.link)
            if size(whole) <= room:
                self._put(whole)
                return
        # Clients that look for pairs first would read an escaped bar together with the marker after it.
        text = escape(core).replace("\\|", "\\|" + BREAK)
        if size(text) > room:
            self.is_full = True
            text = clip(text, room + _FREE)
        self._put(text)

    def _write_code(self, text: str) -> None:
        """A code block or code in the line. Nothing can be escaped there: what could end it is replaced."""
        code = text.strip("\n").replace("`", "ˋ").replace("@", "@" + BREAK).replace("||", f"|{BREAK}|")
        if not code.strip():
            self._gap += text
            return
        fence = "```" if "\n" in code else "`"
        self._close(0)
        if fence == "```":
            self._gap += "\n"
            code = f"\n{code}\n"
        self._move_to([], quote=False)
        room = self._limit - self._used - 2 * len(fence) - _FREE
        if self.is_full or room < 4:
            self._stop()
            return
        if size(code) > room:
            self.is_full = True
            code = clip(code, room + _FREE)
        self._put(fence + code + fence)
        if fence == "```":
            self._gap = "\n"

    def _stop(self) -> None:
        """End here. There is always room for the ellipsis: every other step leaves it free."""
        if not self.is_full and self._used + sum(map(len, self._open)) + _FREE <= self._limit:
            self._close(0)
            self._put(ELLIPSIS)
        self.is_full = True

    def _put(self, text: str) -> None:
        if text:
            self._parts.append(text)
            self._used += size(text)

    def _close(self, keep: int) -> None:
        while len(self._open) > keep:
            self._put(self._open.pop())


def _count_common(left: list[str], right: list[str]) -> int:
    count = 0
    for ours, theirs in zip(left, right, strict=False):
        if ours != theirs:
            break
        count += 1
    return count
