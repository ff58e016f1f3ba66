"""`make release VERSION=1.2.3`: the version, the changelog and the tag of a release.

It changes two files, commits them and tags that; nothing leaves this machine. What is built of a tag (wheel, image) is
built by `make wheel` and `make image`, and by `.github/workflows/release.yml` once the tag is pushed.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_OPEN = re.compile(r"^## (?P<version>\S+), not yet released$", re.MULTILINE)
_SECTION = re.compile(r"^## (?P<version>[^,\s]+), .*$", re.MULTILINE)


class ReleaseError(Exception):
    """Why there is no release: a sentence for whoever asked for one."""


def check(version: str, *, root: Path) -> None:
    """Find out whether there can be such a release. Changes nothing.

    Raises:
        ReleaseError: there cannot.
    """
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"{version or 'VERSION'} is no version: make release VERSION=1.2.3")
    if _git(root, "status", "--porcelain"):
        raise ReleaseError("There are changes that are not committed.")
    tags = _git(root, "tag", "--list", "v*").split()
    newest = max((_order(tag[1:]) for tag in tags if _VERSION.fullmatch(tag[1:])), default=())
    if _order(version) <= newest:
        raise ReleaseError(f"Version {'.'.join(map(str, newest))} is there already.")
    if not _OPEN.search((root / "CHANGELOG.md").read_text("utf-8")):
        raise ReleaseError(f"CHANGELOG.md says nothing of it: it needs a section '## {version}, not yet released'.")


def release(version: str, *, root: Path, day: dt.date) -> None:
    """Set the version, date its section of the changelog, commit and tag.

    Raises:
        ReleaseError: nothing was changed.
    """
    check(version, root=root)
    before = _git(root, "rev-parse", "HEAD")
    changelog, source = root / "CHANGELOG.md", root / "bot" / "__init__.py"
    text = changelog.read_text("utf-8")
    changelog.write_text(_OPEN.sub(f"## {version}, {day.isoformat()}", text, count=1), "utf-8")
    source.write_text(re.sub(r'__version__ = ".*"', f'__version__ = "{version}"', source.read_text("utf-8")), "utf-8")
    try:
        _git(root, "commit", "--quiet", "--all", "--message", f"Shiori {version}")
        _git(root, "tag", "--annotate", f"v{version}", "--message", f"Shiori {version}")
    except ReleaseError:
        _git(root, "reset", "--quiet", "--hard", before)  # all that was there was committed
        raise


def find_notes(changelog: str, version: str) -> str:
    """What the changelog says of a version; empty if it says nothing."""
    heads = [*_SECTION.finditer(changelog)]
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        if head["version"] == version:
            return changelog[head.end() : after.start() if after else None].strip() + "\n"
    return ""


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, check=False, capture_output=True, text=True)  # noqa: S603, S607
    if done.returncode:
        raise ReleaseError(f"`git {words[0]}` fails: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout.strip()


def main(words: list[str]) -> int:
    """`release.py [check] VERSION`, or `release.py notes VERSION`, which prints what the changelog says of it."""
    if words[:1] == ["notes"]:
        sys.stdout.write(find_notes((ROOT / "CHANGELOG.md").read_text("utf-8"), words[1]))
        return 0
    only_checks = words[:1] == ["check"]
    version = "".join(words[only_checks:])
    try:
        if only_checks:
            check(version, root=ROOT)
            return 0
        release(version, root=ROOT, day=dt.datetime.now(dt.UTC).date())
    except ReleaseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Tagged v{version}. To publish it: git push --follow-tags\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
