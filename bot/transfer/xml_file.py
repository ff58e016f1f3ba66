"""VNDB's own export of a list, https://vndb.org/u2/list-export/xml: as its lib/VNWeb/ULists/Export.pm writes it.

    <vndb-export version="1.0" date="2026-11-29T20:00:00Z">
      <vns>
        <vn id="v17" private="false">
          <title original="…">Ever17</title>
          <label id="2" label="Finished" />
          <vote timestamp="…">8.5</vote>
          <started>2024-05-01</started> <finished>…</finished> <notes>…</notes>
          <release id="r12"><title>…</title> <status>Obtained</status> …</release>
        </vn>
      </vns>
      …
    </vndb-export>

How long somebody played, and their reviews, stand in other places of it, and are passed over.
"""

from __future__ import annotations

from typing import NoReturn

from bot.errors import InvalidInput
from bot.transfer.model import ListFile
from bot.transfer.take import Draft, take
from bot.vndb.api.user import LABELS

_ROOT = "vndb-export"
_ENTRY = (_ROOT, "vns", "vn")
_DEPTH_AT_MOST = 20
_TEXT_AT_MOST = 20_000
_TEXTS = frozenset({"title", "vote", "started", "finished", "notes"})


def parse_xml(data: bytes) -> ListFile:
    """The list in an export. Raises `InvalidInput`: it is none, or no XML.

    Nothing in it is ever fetched or unfolded: what declares a document type, and so might, is refused.
    """
    from xml.parsers import expat  # noqa: PLC0415 - for those who bring a list along

    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_declaration
    parser.EntityDeclHandler = _refuse_declaration
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.read
    try:
        # All at once: fed in pieces, one long word would be read again with each of them.
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # the others: an encoding that Python does not know
        line = f" (line {error.lineno:,})" if isinstance(error, expat.ExpatError) else ""
        raise InvalidInput("file", f"begins like XML, but is damaged or no XML{line}") from None
    return reader.file


def _refuse_declaration(*_: object) -> NoReturn:
    raise InvalidInput("file", "declares a document type, which VNDB's export never does, so it is not read")


class _Reader:
    """Follows an export from its beginning to its end."""

    def __init__(self) -> None:
        self.file = ListFile()
        self._path: list[str] = []
        self._entry: Draft | None = None
        self._release: list[str] | None = None  # its id and its status
        self._text: list[str] = []
        self._length = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if not self._path and name != _ROOT:
            raise InvalidInput("file", "is XML, but not an export of a list on VNDB")
        if len(self._path) >= _DEPTH_AT_MOST:
            raise InvalidInput("file", "is nested too deeply for an export of a list on VNDB")
        self._path.append(name)
        self._text.clear()
        self._length = 0
        if tuple(self._path) == _ENTRY:
            self._entry = Draft(f"entry {len(self.file.entries) + 1:,}", id=attributes.get("id", ""))
        elif self._entry is not None and len(self._path) == len(_ENTRY) + 1:
            self._begin_part(self._entry, name, attributes)

    def _begin_part(self, entry: Draft, name: str, attributes: dict[str, str]) -> None:
        if name == "label":
            number = attributes.get("id", "")
            known = LABELS.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 5 else None
            entry.labels.append(known or attributes.get("label", ""))
        elif name == "release":
            self._release = [attributes.get("id", ""), ""]

    def read(self, text: str) -> None:
        """A piece of text."""
        if self._entry is not None and self._length <= _TEXT_AT_MOST:
            self._text.append(text)
            self._length += len(text)

    def end(self, name: str) -> None:
        """An element ends."""
        depth = len(self._path) - len(_ENTRY)
        text = "".join(self._text)
        if self._entry is not None and depth == 0:
            take(self._entry, self.file)
            self._entry = None
        elif self._entry is not None and depth == 1 and name in _TEXTS:
            setattr(self._entry, name, text)
        elif self._entry is not None and depth == 1 and self._release is not None:
            self._entry.releases.append((self._release[0], self._release[1]))
            self._release = None
        elif self._release is not None and depth == 2 and name == "status":
            self._release[1] = text
        self._path.pop()
        self._text.clear()
        self._length = 0
