"""Files that people bring: VNDB's own export, tables, JSON, and everything else, which is refused in a sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidInput
from bot.transfer.csv_file import render_csv
from bot.transfer.json_file import render_json
from bot.transfer.model import ENTRIES_AT_MOST, FILE_AT_MOST, WRITES_AT_MOST, FileEntry, ListFile
from bot.transfer.read import read_file

# As lib/VNWeb/ULists/Export.pm of VNDB writes it.
EXPORT = """<?xml version="1.0" encoding="UTF-8"?>
<vndb-export version="1.0" date="2026-11-29T20:00:00Z">
  <user>
    <name>testreader</name>
    <url>https://vndb.org/u3</url>
  </user>
  <labels>
    <label id="2" label="Finished" private="false" />
    <label id="10" label="Favourites" private="false" />
  </labels>
  <vns>
    <vn id="v17" private="false">
      <title original="Ever17 -the out of infinity-">Ever17 &amp; more</title>
      <label id="2" label="Finished" />
      <label id="7" label="Voted" />
      <label id="10" label="Favourites" />
      <added>2022-01-05T10:00:00Z</added>
      <modified>2022-02-01T10:00:00Z</modified>
      <vote timestamp="2022-02-01T10:00:00Z">8.5</vote>
      <started>2022-01-05</started>
      <finished>2022-02-01</finished>
      <notes>First line
second &lt;line&gt;</notes>
      <release id="r40">
        <title>Ever17</title>
        <release-date>2002-08-29</release-date>
        <status>On loan</status>
        <added>2022-01-05T10:00:00Z</added>
      </release>
    </vn>
    <vn id="v4" private="true">
      <title>Clannad</title>
      <added>2022-01-05T10:00:00Z</added>
      <vote timestamp="2022-02-01T10:00:00Z">10</vote>
    </vn>
  </vns>
  <length-votes>
    <vn id="v99" private="false">
      <title>Passed over</title>
      <hours>90</hours>
      <notes>not of the list</notes>
    </vn>
  </length-votes>
</vndb-export>
"""
EVER17 = FileEntry(
    id="v17",
    title="Ever17 & more",
    vote=85,
    labels=("Finished", "Favourites"),
    started="2022-01-05",
    finished="2022-02-01",
    notes="First line\nsecond <line>",
    releases=(("r40", 3),),
)
CLANNAD = FileEntry(id="v4", title="Clannad", vote=100)

LAUGHS = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]>
<vndb-export version="1.0"><vns><vn id="v17"><notes>&lol2;</notes></vn></vns></vndb-export>"""
OUTSIDE = """<!DOCTYPE foo [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<vndb-export><vns><vn id="v17"><notes>&x;</notes></vn></vns></vndb-export>"""


def read(text: str) -> list[FileEntry]:
    return list(read_file(text.encode()).entries.values())


def refuse(data: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_file(data)
    assert refused.value.what == "file"
    return refused.value.reason


def report(text: str) -> list[tuple[str, str]]:
    return [(one.where, one.why) for one in read_file(text.encode()).problems]


def test_the_export_of_vndb_is_read() -> None:
    file = read_file(EXPORT.encode())
    assert list(file.entries.values()) == [EVER17, CLANNAD]
    assert file.left_out == 0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_an_export_in_another_encoding_is_read(encoding: str) -> None:
    data = EXPORT.replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"').encode(encoding)
    assert list(read_file(data).entries.values()) == [EVER17, CLANNAD]


def test_a_table_is_read() -> None:
    table = (
        "id,title,status,vote,labels,started,finished,notes,releases\r\n"
        'v17,"Ever17 & more",Finished,8.5,Favourites,2022-01-05,2022-02-01,"First line\nsecond <line>",r40=On loan\r\n'
        "4,Clannad,,10,,,,,\r\n"
    )
    assert read(table) == [EVER17, CLANNAD]


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(";", "utf-8"), ("\t", "utf-16"), (",", "utf-8-sig"), (";", "utf-8-sig")]
)
def test_a_table_from_any_spreadsheet_is_read(delimiter: str, encoding: str) -> None:
    table = delimiter.join(["ID", "Vote"]) + "\n" + delimiter.join(["https://vndb.org/v4", "10"]) + "\n\n"
    assert list(read_file(table.encode(encoding)).entries.values()) == [FileEntry(id="v4", vote=100)]


def test_what_was_exported_is_read_as_it_was() -> None:
    entries = [EVER17, CLANNAD]
    assert list(read_file(render_csv(entries, [["", "", "", "true"]] * 2)).entries.values()) == entries
    assert list(read_file(render_json(entries, [{"added": None}] * 2, head={})).entries.values()) == entries


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "＝", "＠", "'=", "''"])
def test_no_cell_is_a_formula(begin: str) -> None:
    notes = f"{begin}HYPERLINK(1)".strip()
    entry = FileEntry(id="v1", title=notes, labels=(notes,), notes=notes)
    table = render_csv([entry], [[""] * 4])
    cells = table.decode("utf-8-sig").split("\n")[1].split(",")
    assert all(cell.startswith(("\"'", '"v1', '""')) for cell in cells)
    assert list(read_file(table).entries.values()) == [entry]


MANY = " ".join(f'a{number}=">"' for number in range(20_000))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n ", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "is neither text in UTF-8"),
        (b"\xff\xfe\x00", "is neither text in UTF-8"),
        (b"hello, world", "is neither VNDB's export (XML), nor JSON, nor a table (CSV) with a column"),
        (b"name,vote\nEver17,8", "is neither VNDB's export (XML), nor JSON, nor a table (CSV) with a column"),
        (b"id,vote\n", "has no entries"),
        (b'id,vote\n"v17,8', "is no table that can be read: line 2"),
        (b"id\nnothing", "has no entry that can be read"),
        (b"<html><body>VNDB</body></html>", "is XML, but not an export of a list on VNDB"),
        (b"<vndb-export><vns><vn", "begins like XML, but is damaged or no XML (line 1)"),
        (b'<?xml version="1.0" encoding="no-such"?><vndb-export/>', "begins like XML, but is damaged or no XML"),
        (b"<vndb-export/>", "has no entries"),
        (b"<vndb-export>" + b"<a>" * 30, "is nested too deeply"),
        (LAUGHS.encode(), "declares a document type"),
        (OUTSIDE.encode(), "declares a document type"),
        (b"{", "begins like JSON, but is damaged"),
        (b'[{"id":"v17"}]', "begins like JSON, but is damaged or holds no list of “entries”"),
        (b'{"entries": 5}', "begins like JSON, but is damaged"),
        (b'{"entries": []}', "has no entries"),
        (b"{" + b'"a":[' * 100_000, "begins like JSON, but is damaged"),
        (b'{"entries":[' + b"1," * 1_100_000 + b"1]}", "is no list: it has more than 1,000,000 parts"),
        (b"id" + b";" * 1_100_000, "is no list: it has more than 1,000,000 parts"),
        (f"<vndb-export {MANY}/>".encode(), "is no list: it has a tag or a text that no export of VNDB's has"),
        (f"<vndb-export {MANY}/>".encode("utf-16"), "is no list: it has a tag or a text that no export"),
        (f"<vndb-export {MANY}/>".encode("utf-16-le"), "is neither text in UTF-8 nor an export"),
    ],
)
def test_what_is_no_list_is_refused_with_what_it_is(data: bytes, reason: str) -> None:
    assert refuse(data).startswith(reason)


def test_too_many_entries_are_refused() -> None:
    table = "id\n" + "\n".join(str(number) for number in range(1, ENTRIES_AT_MOST + 2))
    assert refuse(table.encode()) == "has more than 10,000 entries. Please split it"


def test_so_are_too_many_releases_of_few_entries() -> None:
    """Each is a write as an entry is, and a small file has room for hundreds of thousands."""

    def make_table(novels: int) -> bytes:
        releases = ";".join(f"r{number}=On loan" for number in range(1, 200))
        return "\n".join(["id,releases", *(f"v{number},{releases}" for number in range(1, novels + 1))]).encode()

    most = WRITES_AT_MOST // 200
    assert len(read_file(make_table(most)).entries) == most
    assert refuse(make_table(most + 1)) == "has more than 20,000 entries and releases. Please split it"
    assert len(large := make_table(2900)) < FILE_AT_MOST
    assert refuse(large).startswith("has more than 20,000 entries and releases")


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("id,vote\nv1,11", "vote “11” must be a number from 1 to 10 with at most one decimal, such as 8 or 8.5"),
        ("id,vote\nv1,85", "vote “85” must be a number from 1 to 10 with at most one decimal, such as 8 or 8.5"),
        ("id,started\nv1,2023-02-29", "started “2023-02-29” is no day that there is: 2023-02-29"),
        ("id,finished\nv1,2024-05", "finished “2024-05” must be a day like 2024-05-31, or “today”"),
        ("id,finished\nv1,today", "finished “today” must be a day like 2024-05-31"),
        ("id,started\nv1,1969-12-31", "started “1969-12-31” must be from 1970 to 2099: VNDB takes no other year"),
        ("id,releases\nv1,r5=Lost", "release “r5” has a status “Lost” that VNDB does not know"),
        ("id,releases\nv1,r5", "release has a status “r5” that VNDB does not know"),
        ("id,notes\nv1," + "n" * 2001, f"notes “{'n' * 39}…” have 2,001 characters, and VNDB takes 2,000"),
    ],
)
def test_a_value_that_cannot_be_taken_is_left_out_and_the_rest_taken(table: str, why: str) -> None:
    assert read(table) == [FileEntry(id="v1")]
    assert report(table) == [("v1", why)]


def test_what_is_no_entry_and_what_comes_twice_is_said() -> None:
    table = "id,vote\nx9,5\n,5\nv1,5\nv1,6\n"
    assert read(table) == [FileEntry(id="v1", vote=60)]
    assert report(table) == [
        ("line 2", "“x9” is no id of a novel, such as v17"),
        ("line 3", "has no id, such as v17"),
        ("v1", "comes twice; the last one counts"),
    ]


def test_an_entry_of_json_that_cannot_be_read_is_said() -> None:
    text = json.dumps({"entries": [{"id": 5}, {"id": "v1", "vote": 8.5}, "x"]})
    assert read(text) == [FileEntry(id="v1", vote=85)]
    assert [where for where, _ in report(text)] == ["entry 1", "entry 3"]


# Whatever comes

_WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30).map(lambda text: " ".join(text.split()))
_LABELS = st.lists(
    _WORDS.filter(lambda name: name and name.casefold() != "voted"), max_size=3, unique_by=lambda one: one.casefold()
)

_ENTRIES = st.lists(
    st.builds(
        FileEntry,
        id=st.integers(1, 9_999_999).map(lambda number: f"v{number}"),
        title=_WORDS,
        vote=st.none() | st.integers(10, 100),
        labels=_LABELS.map(tuple),
        notes=st.none() | _WORDS.filter(bool),
        releases=st.lists(
            st.tuples(st.integers(1, 9_999_999).map(lambda number: f"r{number}"), st.integers(0, 4)),
            max_size=3,
            unique_by=lambda one: one[0],
        ).map(tuple),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda entry: entry.id,
)


def _sort_labels(entry: FileEntry) -> tuple[object, ...]:
    return (entry.id, entry.title, entry.vote, sorted(entry.labels), entry.notes, entry.releases)


@given(_ENTRIES)
def test_every_list_comes_back_from_a_table_and_from_json(entries: list[FileEntry]) -> None:
    table = read_file(render_csv(entries, [[""] * 4] * len(entries)))
    assert [*map(_sort_labels, table.entries.values())] == [*map(_sort_labels, entries)]
    assert table.left_out == 0
    assert list(read_file(render_json(entries, [{"added": None}] * len(entries), head={})).entries.values()) == entries


_PIECES = st.sampled_from(
    (
        "<vndb-export> <vns> </vns> <vn\u00a0id='v1'> <vn\u00a0id='v2'> </vn> <vote> 9 </vote> <label\u00a0id= '2'/> "
        "<release\u00a0id='r1'> </release> <status> Obtained </status> &amp; &x; <!-- ]]> <!DOCTYPE\u00a0a> "
        '</vndb-export> id , ; " v5 { "entries" : [ ] } \\ \0'
    )
    .replace("\u00a0", "\t")
    .split(" ")
)


@given(st.binary(max_size=300) | st.lists(_PIECES, max_size=40).map(lambda pieces: "".join(pieces).encode()))
def test_whatever_comes_is_a_list_or_refused(data: bytes) -> None:
    try:
        file = read_file(data)
    except InvalidInput as error:
        assert error.what == "file"
    else:
        assert isinstance(file, ListFile)
        assert file.entries
