"""What is pinned is held against known advisories: those of the file, and those that a service tells of."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("audit", ROOT / "deploy" / "audit.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


audit = _load()


def find(version: str, *spans: tuple[str, str | None]) -> list[str]:
    ranges = [{"introduced": introduced, "fixed": fixed} for introduced, fixed in spans]
    told = [{"package": "some-thing", "id": "A-1", "summary": "bad", "ranges": ranges}]
    return [
        one.advisory for one in audit.find_weaknesses(audit.read_pins(f"Some_Thing=={version} \\\n    --hash=x"), told)
    ]


def test_nothing_is_known_against_what_is_pinned() -> None:
    kept = json.loads((ROOT / "deploy" / "advisories.json").read_text("utf-8"))
    pins = audit.read_pins(*(path.read_text("utf-8") for path in REQUIREMENTS))
    assert len(pins) > 50
    assert len(kept["advisories"]) > 20
    assert [*audit.find_weaknesses(pins, kept["advisories"])] == []
    older = {"aiohttp": {"3.8.0"}, "pillow": {"9.0.0"}}
    assert {one.package for one in audit.find_weaknesses(older, kept["advisories"])} == {"aiohttp", "pillow"}


def test_an_advisory_holds_from_where_it_began_until_it_was_fixed() -> None:
    assert find("1.9", ("0", "1.10")) == ["A-1"]
    assert find("1.10", ("0", "1.10")) == []
    assert find("1.10.0", ("0", "1.10")) == []
    assert find("2.1", ("0", "1.10"), ("2.0", "2.2")) == ["A-1"]
    assert find("1.11", ("0", "1.10"), ("2.0", "2.2")) == []
    assert find("9.9", ("0", None)) == ["A-1"]


class _Service(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        events = [{"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "3.0"}, {"last_affected": "3.8.0"}]
        package = {"name": "Some.Thing", "ecosystem": "PyPI"}
        ranges = [{"type": "GIT", "events": [{"introduced": "0"}]}, {"type": "ECOSYSTEM", "events": events}]
        told = {"id": "A-2", "summary": "worse", "affected": [{"package": package, "ranges": ranges}]}
        body = json.dumps({"vulns": [told, told | {"id": "A-3", "withdrawn": "2026-01-01"}]} if asked else {}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def service() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()
        thread.join()


def test_what_the_service_tells_is_kept_but_for_what_was_withdrawn(service: str) -> None:
    found = audit.fetch_advisories(["some-thing"], service=service)
    assert [(one["package"], one["id"], one["summary"]) for one in found] == [("some-thing", "A-2", "worse")]
    open_to = {"1.9": True, "2.0": False, "3.0": True, "3.8.0": True, "3.8.1": False, "3.14.5": False}
    assert {one: [*audit.find_weaknesses({"some-thing": {one}}, found)] != [] for one in open_to} == open_to


def test_a_service_out_of_reach_is_an_error_that_the_call_knows() -> None:
    with pytest.raises(OSError, match="refused"):
        audit.fetch_advisories(["some-thing"], service="http://127.0.0.1:9/v1/query")
