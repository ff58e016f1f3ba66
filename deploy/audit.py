"""`make audit`: are there known weaknesses in what is installed?

The pins of both requirements files are held against `deploy/advisories.json`, a copy of what is known of these
packages. `refresh` fetches that anew from OSV first; where it is out of reach the copy counts, and its age is said.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
FILE = ROOT / "deploy" / "advisories.json"
SERVICE = "https://api.osv.dev/v1/query"
"""<https://google.github.io/osv.dev/post-v1-query/>: with a package alone it tells of all its versions."""

OLD_AFTER_DAYS = 60
"""Of the file. What was kept by hand, for want of the service, has only what is widely known."""

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)


class Weakness(NamedTuple):
    """An advisory that a pinned version is open to."""

    package: str
    version: str
    advisory: str
    summary: str


def read_pins(*texts: str) -> dict[str, set[str]]:
    """The versions of each package in requirements files."""
    pins: dict[str, set[str]] = {}
    for text in texts:
        for match in _PIN.finditer(text):
            pins.setdefault(_spell(match["name"]), set()).add(match["version"])
    return pins


def find_weaknesses(pins: Mapping[str, set[str]], advisories: list[dict[str, Any]]) -> Iterator[Weakness]:
    """What is open to an advisory: within one of its ranges."""
    for advisory in advisories:
        for version in sorted(pins.get(advisory["package"], ())):
            if any(_holds(span, version) for span in advisory["ranges"]):
                yield Weakness(advisory["package"], version, advisory["id"], advisory["summary"])


def _holds(span: Mapping[str, str | None], version: str) -> bool:
    """From `introduced` until before `fixed` (None: not yet), or until `last_affected`, where that is what is known."""
    if last := span.get("last_affected"):
        return _order(span["introduced"]) <= _order(version) <= _order(last)
    return _order(span["introduced"]) <= _order(version) < _order(span["fixed"])


def _spell(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _order(version: str | None) -> tuple[float, ...]:
    """Where a release stands among others; one that is still to come is after all. What comes before a release (a, b,
    rc) is taken for it.
    """
    if version is None:
        return (float("inf"),)
    numbers = [float(number) for number in re.findall(r"\d+", re.split(r"[-+a-z]", version.lower())[0])]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def fetch_advisories(packages: list[str], *, service: str = SERVICE) -> list[dict[str, Any]]:
    """All that the service knows of these packages.

    Raises:
        OSError: it is out of reach.
    """
    found: list[dict[str, Any]] = []
    for package in packages:
        body = json.dumps({"package": {"name": package, "ecosystem": "PyPI"}}).encode()
        request = urllib.request.Request(service, body, {"Content-Type": "application/json"})  # noqa: S310 - https above
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
            known = json.load(response)
        found += [told for one in known.get("vulns", ()) if (told := _read(one, package))]
    return found


def _read(told: dict[str, Any], package: str) -> dict[str, Any] | None:
    """What is kept of an advisory; None if it was withdrawn, or names no range of releases."""
    spans: list[dict[str, str | None]] = []
    for affected in told.get("affected", ()):
        if _spell(affected.get("package", {}).get("name", "")) != package:
            continue
        for one in affected.get("ranges", ()):
            if one.get("type") == "ECOSYSTEM":
                spans += _read_spans(one.get("events", ()))
    if told.get("withdrawn") or not spans:
        return None
    return {"package": package, "id": told["id"], "summary": str(told.get("summary", ""))[:160], "ranges": spans}


def _read_spans(events: list[dict[str, str]]) -> list[dict[str, str | None]]:
    spans: list[dict[str, str | None]] = []
    for event in events:
        if "introduced" in event:
            spans.append({"introduced": event["introduced"], "fixed": None})
        elif "fixed" in event and spans:
            spans[-1]["fixed"] = event["fixed"]
        elif "last_affected" in event and spans:
            spans[-1]["last_affected"] = event["last_affected"]
    return spans


def main(words: list[str]) -> int:
    """0: nothing is known against what is pinned; 1: something is."""
    pins = read_pins(*((ROOT / name).read_text("utf-8") for name in ("requirements.txt", "requirements-dev.txt")))
    today = dt.datetime.now(dt.UTC).date()
    if words == ["refresh"]:
        try:
            advisories = fetch_advisories(sorted(pins))
        except OSError as error:
            sys.stderr.write(f"The advisories cannot be fetched ({error}); those of the file count.\n")
        else:
            kept = {
                "fetched": today.isoformat(),
                "advisories": sorted(advisories, key=lambda one: (one["package"], one["id"])),
            }
            FILE.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    kept = json.loads(FILE.read_text("utf-8"))
    age = (today - dt.date.fromisoformat(kept["fetched"])).days
    weaknesses = [*find_weaknesses(pins, kept["advisories"])]
    for one in weaknesses:
        sys.stdout.write(f"{one.package} {one.version}: {one.advisory}: {one.summary}\n")
    sys.stdout.write(
        f"{len(pins)} packages, {len(kept['advisories'])} advisories of {kept['fetched']}: {len(weaknesses)} hold\n"
    )
    if age > OLD_AFTER_DAYS:
        sys.stdout.write(f"The file is {age} days old: make audit ARGS=refresh\n")
    return 1 if weaknesses else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
