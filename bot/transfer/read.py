"""A file that somebody brings: which of the formats it has is seen by how it begins, whatever it is called."""

from __future__ import annotations

from bot.errors import InvalidInput
from bot.transfer.csv_file import parse_csv
from bot.transfer.json_file import parse_json
from bot.transfer.model import ListFile
from bot.transfer.xml_file import parse_xml

_WIDE = (b"\xff\xfe", b"\xfe\xff")
_MARK = b"\xef\xbb\xbf"


def read_file(data: bytes) -> ListFile:
    """The list in a file: it may take a second, so not on the event loop. Raises `InvalidInput`."""
    if not data.strip():
        raise InvalidInput("file", "is empty")
    plain = _decode(data, "utf-16").encode() if data[:2] in _WIDE else data  # as spreadsheets save "Unicode text"
    begin = plain.removeprefix(_MARK).lstrip()
    if begin[:1] == b"<":
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
        raise InvalidInput(
            "file", "is neither text in UTF-8 nor an export of VNDB's. A spreadsheet can save it as “CSV UTF-8”"
        ) from None
