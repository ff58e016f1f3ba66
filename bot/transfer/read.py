"""A file that somebody brings: which of the formats it has is seen by how it begins, whatever it is called."""

from __future__ import annotations

import re

from bot.errors import InvalidInput
from bot.transfer.csv_file import parse_csv
from bot.transfer.json_file import parse_json
from bot.transfer.model import ListFile
from bot.transfer.xml_file import parse_xml

_WIDE = (b"\xff\xfe", b"\xfe\xff")
_NO_TEXT = "is neither text in UTF-8 nor an export of VNDB's. A spreadsheet can save it as “CSV UTF-8”"
_MARK = b"\xef\xbb\xbf"
# A list of 8 MB, with all its notes, has half as many. Of what holds nothing else a reader makes objects that take
# fifty times the memory.
_PARTS_AT_MOST = 1_000_000
_SEPARATORS = (b",", b";", b"\t")
# From one tag to the next, with the text between them: of a tag with hundreds of thousands of attributes the parser
# makes all at once, in seconds in which nothing else runs. A value has no "<" as it is.
_TAG_AT_MOST = 100_000
_BETWEEN_TAGS = re.compile(rb"[^<]+")


def read_file(data: bytes) -> ListFile:
    """The list in a file: it may take a second, so not on the event loop. Raises `InvalidInput`."""
    if not data.strip():
        raise InvalidInput("file", "is empty")
    plain = _decode(data, "utf-16").encode() if data[:2] in _WIDE else data  # as spreadsheets save "Unicode text"
    if b"\0" in plain:
        raise InvalidInput("file", _NO_TEXT)
    if max(map(plain.count, _SEPARATORS)) > _PARTS_AT_MOST:
        raise InvalidInput("file", f"is no list: it has more than {_PARTS_AT_MOST:,} parts")
    begin = plain.removeprefix(_MARK).lstrip()
    if begin[:1] == b"<":
        if any(found.end() - found.start() > _TAG_AT_MOST for found in _BETWEEN_TAGS.finditer(begin)):
            raise InvalidInput("file", "is no list: it has a tag or a text that no export of VNDB's has")
        file = parse_xml(data if plain is not data else begin)  # which says its encoding by itself
    elif begin[:1] in (b"{", b"["):
        file = parse_json(begin)
    else:
        file = parse_csv(_decode(plain, "utf-8-sig"))
    if not file.entries:
        raise InvalidInput("file", "has no entry that can be read" if file.left_out else "has no entries")
    return file


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise InvalidInput("file", _NO_TEXT) from None
