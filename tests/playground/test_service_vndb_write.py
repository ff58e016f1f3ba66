"""Lists on the sample VNDB, written with tokens: what VNDB's own server code answered, and what was on the list then.

`data/vndb_write.json` has the pairs of request and answer in groups, which each begin with a new server. Of a pair,
`before` is what somebody does elsewhere first, `after` what the list shows next. Answers that end in … go on. Times
are the epoch's seconds, and the server's clock stands where the real one stood.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from bot.playground.service import SampleVndb, start_sample_services
from bot.playground.service.vndb.token import Access

BOTH = frozenset({"listread", "listwrite"})
TOKENS = {
    "RW": ("efso-br1cz-bzoyj-ah4u-8ybtm-a56po-gbzk", Access("u3", BOTH)),
    "RO": ("1cao-yfqdn-djyy9-fn6c-1ybwg-zjixo-85bq", Access("u3", frozenset({"listread"}))),
    "NONE": ("e3oo-bxkoq-m6ob3-xmii-zyyw1-q9f6y-g6nq", Access("u3")),
    "WRITEONLY": ("th9y-b6bpi-6koyi-4ogk-8yyii-th7ry-8sbx", Access("u3", frozenset({"listwrite"}))),
    "U5": ("5rwo-bnoo4-gayyh-4ag9-qyy16-amssy-k3y5", Access("u5", BOTH)),
    "U7RW": ("7ycy-yyyy9-juob4-bryo-7ybjj-na34y-qxxf", Access("u7", BOTH)),
    "REVOKED": ("jq4y-y9aap-z3yyc-9rtc-robw1-b73go-857a", Access("u3", BOTH)),
    "DELETEDUSER": ("ngno-bh57g-qayb6-r6gc-xoyry-4kg7o-5d1t", Access("u13", BOTH)),
}
UNKNOWN = "se7y-y4wr8-8yybz-xfkf-cybr9-83rgy-g8t1"
FIELDS = "id,added,lastmod,voted,vote,started,finished,notes,labels{id,label},releases{id,list_status}"


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request and its answer; `auth` is `-` where no header is sent."""

    name: str
    request: str
    auth: str
    body: str | None
    status: int
    text: str
    headers: dict[str, str] = {}
    sent: dict[str, str] = {}
    before: str | None = None
    after: dict[str, Any] = {}


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pairs in their order. `given`: what was written earlier, and when."""

    now: int
    given: list[tuple[str, str, int]]
    pairs: list[Pair]


GROUPS = msgspec.json.decode((Path(__file__).parent / "data/vndb_write.json").read_bytes(), type=dict[str, Group])


class Client:
    """Asks the service as somebody with tokens. `now` is what its clock shows."""

    def __init__(self) -> None:
        self.now = 1795897560
        self.vndb = SampleVndb(tokens=dict(TOKENS.values()), now=lambda: self.now)
        self.url = ""
        self.http = aiohttp.ClientSession()

    async def ask(
        self, request: str, body: str | None = None, auth: str = "Token <RW>", sent: Mapping[str, str] | None = None
    ) -> tuple[int, str, Mapping[str, str]]:
        """Status, text without the line's end, and headers."""
        method, path = request.split(" ")
        headers = {} if body is None else {"Content-Type": "application/json"}
        if auth != "-":
            headers["Authorization"] = _fill(auth)
        data = None if body is None else body.encode()
        headers |= sent or {}
        skipped = () if "Content-Type" in headers else ("Content-Type",)
        async with self.http.request(
            method, self.url + path, data=data, headers=headers, skip_auto_headers=skipped
        ) as answer:
            return answer.status, (await answer.text()).removesuffix("\n"), answer.headers

    async def patch(self, path: str, members: object) -> tuple[int, str]:
        """Status and text of a PATCH."""
        status, text, _ = await self.ask(f"PATCH {path}", json.dumps(members))
        return status, text

    async def find(self, vn: str, auth: str = "Token <RW>") -> dict[str, Any] | None:
        """An entry of the list of u3, or None."""
        entries = await self.list(auth, filters=["id", "=", vn])
        return entries[0] if entries else None

    async def list(self, auth: str = "Token <RW>", **members: object) -> list[dict[str, Any]]:
        """What the list of u3 shows."""
        asked = {"user": "u3", "fields": FIELDS, "results": 100} | members
        status, text, _ = await self.ask("POST /ulist", json.dumps(asked), auth)
        assert status == 200, text
        return json.loads(text)["results"]

    async def count(self) -> dict[str, int]:
        """How many entries have each label."""
        _, text, _ = await self.ask("GET /ulist_labels?fields=count")
        return {one["label"]: one["count"] for one in json.loads(text)["labels"]}


def _fill(auth: str) -> str:
    for name, (text, _) in TOKENS.items():
        auth = auth.replace(f"<{name}>", text)
    return auth.replace("<UNKNOWN>", UNKNOWN)


@asynccontextmanager
async def open_client() -> AsyncGenerator[Client]:
    client = Client()
    services = await start_sample_services(vndb=client.vndb)
    client.url = services.vndb.api_url
    yield client
    await client.http.close()
    await services.stop()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with open_client() as opened:
        yield opened


async def do_elsewhere(client: Client, what: str | None) -> None:
    """What people and moderators do on the site."""
    verb, _, name = (what or "").rpartition(" ")
    if verb == "take off":
        await client.ask(f"DELETE /ulist/{name}")
    elif verb == "revoke":
        client.vndb.tokens.revoke(TOKENS[name][0])
    elif verb == "close":
        client.vndb.tokens.close_account(name)
    elif verb == "hide":
        client.vndb.lists.hidden.add(name)
    elif verb == "keep private":
        mine = client.vndb.lists.find("u3")
        assert mine is not None
        mine.private_labels.add(int(name))
    else:
        assert what is None


async def look(client: Client, kind: str, vn: str) -> object:
    """What is on the list now, as `after` has it."""
    if kind == "counts":
        return await client.count()
    if kind == "releases":
        return {one["id"]: one["list_status"] for entry in await client.list() for one in entry["releases"]}
    auth = {"own": "Token <RW>", "notes": "Token <RW>", "public": "-", "write only": "Token <WRITEONLY>"}[kind]
    entry = await client.find(vn, auth)
    return entry and entry["notes"] if kind == "notes" else entry


async def check(client: Client, pair: Pair) -> list[str]:
    """What is not as it was on the real server."""
    await do_elsewhere(client, pair.before)
    entry = pair.after.get("own")
    if entry and pair.status == 204:
        client.now = entry["lastmod"]
    status, text, headers = await client.ask(pair.request, pair.body, pair.auth, pair.sent)
    said = text.startswith(pair.text[:-1]) if pair.text.endswith("…") else text == pair.text
    wrong = [] if status == pair.status and said else [f"{status} {text}"]
    wrong += [f"{name}: {headers.get(name)}" for name, value in pair.headers.items() if headers.get(name) != value]
    # After a change of a release it is its novel that is looked at.
    vn = pair.request.split("/")[-1] if "/ulist/" in pair.request else "v33"
    for kind, expected in pair.after.items():
        found = await look(client, kind, vn)
        wrong += [] if found == expected else [f"{kind}: {found}"]
    return [f"{pair.name} {pair.request} {pair.body}: {one}" for one in wrong]


@pytest.mark.parametrize("name", GROUPS)
async def test_it_answers_as_the_real_server(client: Client, name: str) -> None:
    group = GROUPS[name]
    for request, body, client.now in group.given:
        assert (await client.ask(request, body))[0] == 204
    client.now = group.now
    assert [one for pair in group.pairs for one in await check(client, pair)] == []


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("x" * 2000, "x" * 2000),
        ("x" * 2001, None),
        ("\N{GRINNING FACE}" * 2000, "\N{GRINNING FACE}" * 2000),
        (f" {'x' * 2000} ", "x" * 2000),
        ("a\r\n" * 1000, ("a\n" * 1000).strip()),
    ],
    ids=["2000 letters", "2001", "2000 of four bytes", "blanks around", "line ends of Windows"],
)
async def test_notes_are_as_long_as_they_are_without_what_is_dropped(
    client: Client, sent: str, stored: str | None
) -> None:
    refused = (400, "Invalid 'notes' member.")
    assert await client.patch("/ulist/v5", {"notes": sent}) == (refused if stored is None else (204, ""))
    entry = await client.find("v5")
    assert (entry and entry["notes"]) == stored


async def test_parallel_labels_all_survive(client: Client) -> None:
    labels = [1, 2, 3, 4, 5, 6, 10, 11]
    answers = await asyncio.gather(*(client.patch("/ulist/v36", {"labels_set": [one]}) for one in labels))
    assert answers == [(204, "")] * 8
    entry = await client.find("v36")
    assert entry and [one["id"] for one in entry["labels"]] == labels


async def test_of_parallel_votes_one_is_there(client: Client) -> None:
    votes = [10, 20, 30, 40, 50, 60, 70, 80]
    answers = await asyncio.gather(*(client.patch("/ulist/v36", {"vote": one}) for one in votes))
    assert answers == [(204, "")] * 8
    entry = await client.find("v36")
    assert entry and entry["vote"] in votes
    assert entry["labels"] == [{"id": 7, "label": "Voted"}]


async def test_when_what_was_changed(client: Client) -> None:
    async def times(at: int, members: object) -> tuple[int, int | None, int]:
        client.now = at
        assert (await client.patch("/ulist/v5", members))[0] == 204
        entry = await client.find("v5")
        assert entry
        return entry["added"], entry["voted"], entry["lastmod"]

    assert await times(1, {}) == (1, None, 1)
    assert await times(2, {"vote": 50}) == (1, 2, 2)
    assert await times(3, {"vote": 60}) == (1, 2, 3)
    assert await times(4, {}) == (1, 2, 4)
    assert await times(5, {"vote": None}) == (1, None, 5)
    assert await times(6, {"vote": 60}) == (1, 6, 6)
    await client.ask("DELETE /ulist/v5")
    assert await times(7, {"notes": "again"}) == (7, None, 7)


async def test_a_release_of_two_novels_brings_both_and_goes_with_either(client: Client) -> None:
    await client.ask("DELETE /ulist/v2002")
    assert await client.patch("/rlist/r136", {"status": 2}) == (204, "")
    for vn in ("v2002", "v17102"):
        entry = await client.find(vn)
        assert entry and entry["releases"] == [{"id": "r136", "list_status": 2}]
        assert entry["labels"] == []
    await client.ask("DELETE /ulist/v17102")
    left = await client.find("v2002")
    assert left and left["releases"] == []


async def test_a_vote_does_not_count_at_once(client: Client) -> None:
    asked = json.dumps({"filters": ["id", "=", "v36"], "fields": "votecount,rating,average"})
    before = await client.ask("POST /vn", asked)
    await client.patch("/ulist/v36", {"vote": 10})
    assert (await client.ask("POST /vn", asked))[:2] == before[:2]


async def test_a_path_is_looked_at_first_and_a_throttle_next(client: Client) -> None:
    client.vndb.account.spend(1000)
    assert (await client.ask("PATCH /ulist/v017", "{}"))[0] == 404
    for request, body in (("PATCH /ulist/v17", '{"vote": 5}'), ("DELETE /ulist/v17", None), ("GET /authinfo", None)):
        status, text, _ = await client.ask(request, body, "Token abc")
        assert (status, text) == (429, "Throttled on query execution time.")


async def test_bad_json_is_told_before_a_bad_token(client: Client) -> None:
    assert (await client.ask("POST /vn", "{", "Token abc"))[0] == 400
    assert (await client.ask("POST /vn", '{"results": 1000}', "Token abc"))[0] == 401


async def test_a_change_needs_a_length_and_a_content_type(client: Client) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"vote": 80}'

    headers = {"Content-Type": "application/json", "Authorization": f"Token {TOKENS['RW'][0]}"}
    async with client.http.patch(f"{client.url}/ulist/v5", data=chunks(), headers=headers) as answer:
        assert (answer.status, await answer.text()) == (400, "Invalid request body.\n")
    del headers["Content-Type"]
    async with client.http.patch(f"{client.url}/ulist/v5", data=b"{}", headers=headers) as answer:
        assert (answer.status, await answer.text()) == (400, "Invalid request body.\n")


async def test_labels_take_a_bad_token_for_a_bad_question(client: Client) -> None:
    status, text, headers = await client.ask("GET /ulist_labels?user=u3", auth="Token <UNKNOWN>")
    assert (status, text, headers["WWW-Authenticate"]) == (400, "Invalid argument", "Token")


@pytest.mark.parametrize(
    ("auth", "private"),
    [("Token <RW>", True), ("Token <RO>", True), ("Token <NONE>", False), ("Token <WRITEONLY>", False)],
)
async def test_what_is_private_is_shown_to_a_token_that_reads(client: Client, auth: str, private: bool) -> None:
    listed = [one["id"] for one in await client.list(auth)]
    own = json.dumps({"filters": ["on_list", "=", 1], "results": 100})
    found = json.loads((await client.ask("POST /vn", own, auth))[1])["results"]
    labels = json.loads((await client.ask("GET /ulist_labels", auth=auth))[1])["labels"]
    assert listed == [one["id"] for one in found]
    assert ("v67" in listed) == ("v12402" in listed) == private
    assert [one["label"] for one in labels if one["private"]] == (["Secret shelf", "No label"] if private else [])


@pytest.mark.parametrize(("auth", "found"), [("Token <RW>", 2), ("Token <NONE>", 0), ("Token <U5>", 0), ("-", 0)])
async def test_who_has_no_label_is_the_owners_to_ask(client: Client, auth: str, found: int) -> None:
    await client.patch("/ulist/v5", {"vote": 50})
    assert len(await client.list(auth, filters=["label", "=", 0])) == found
    assert bool(await client.list(auth, filters=["label", "!=", 0])) == bool(found)


async def test_a_label_that_nobody_made_is_taken_and_shown_to_nobody(client: Client) -> None:
    status, _, _ = await client.ask("PATCH /ulist/v33", '{"labels_set": [10]}', "Token <U7RW>")
    members = {"user": "u7", "filters": ["id", "=", "v33"]}
    assert status == 204
    assert [one["labels"] for one in await client.list("Token <U7RW>", **members)] == [[]]
    assert await client.list("-", **members) == []
    found = await client.list("Token <U7RW>", user="u7", filters=["label", "=", 10])
    assert [one["id"] for one in found] == ["v33"]


async def test_a_token_shows_nothing_more_of_others(client: Client) -> None:
    assert await client.list("Token <U5>") == await client.list("-")
    assert await client.list("Token <RW>") != await client.list("-")


async def test_the_label_of_votes_is_told_when_it_is_private(client: Client) -> None:
    await do_elsewhere(client, "keep private 7")
    _, text, _ = await client.ask("GET /ulist_labels?user=u3", auth="-")
    assert {"id": 7, "label": "Voted", "private": True} in json.loads(text)["labels"]


async def test_what_is_hidden_is_not_found(client: Client) -> None:
    await do_elsewhere(client, "hide v17")
    await do_elsewhere(client, "hide r129")
    for path, wanted in (("/vn", "v17"), ("/release", "r129")):
        asked = json.dumps({"filters": ["id", "=", wanted]})
        assert json.loads((await client.ask(f"POST {path}", asked))[1])["results"] == []
    entry = await client.find("v2002")
    assert entry and entry["releases"] == []


async def test_scripts_of_other_sites_may_read(client: Client) -> None:
    for auth, origin in (("-", "*"), ("Token <RW>", "http://a.b")):
        _, _, headers = await client.ask("GET /stats", auth=auth, sent={"Origin": "http://a.b"})
        assert headers["Access-Control-Allow-Origin"] == origin
        assert ("Access-Control-Allow-Credentials" in headers) == (origin != "*")


async def test_each_server_begins_anew(client: Client) -> None:
    await client.patch("/ulist/v17", {"vote": 10})
    async with open_client() as other:
        entry = await other.find("v17")
    assert entry and entry["vote"] == 90


async def test_no_token_is_kept_of_a_request(client: Client) -> None:
    await client.patch("/ulist/v17", {"vote": 10})
    assert TOKENS["RW"][0] not in repr(client.vndb.requests)
