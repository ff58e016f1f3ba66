"""A release: version, changelog and tag, or a sentence and nothing changed."""

from __future__ import annotations

import datetime as dt
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "deploy" / "release.py"
DAY = dt.date(2027, 1, 31)


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("release", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


release = _load()


def git(where: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=where, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "somebody@example.org")
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text('__version__ = "0.1.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## 0.2.0, not yet released\n\n- New.\n\n## 0.1.0, 2026-12-24\n\n- First.\n"
    )
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "All")
    git(tmp_path, "tag", "v0.1.0")
    return tmp_path


def test_a_release_is_a_version_a_date_and_a_tag(checkout: Path) -> None:
    release.release("0.2.0", root=checkout, day=DAY)
    assert (checkout / "bot" / "__init__.py").read_text() == '__version__ = "0.2.0"\n'
    assert "## 0.2.0, 2027-01-31\n\n- New." in (checkout / "CHANGELOG.md").read_text()
    assert git(checkout, "describe") == "v0.2.0"
    assert git(checkout, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("0.1.0", "there already"),
        ("0.0.9", "0.1.0 is there already"),
        ("1.0", "no version"),
        ("", "make release VERSION"),
    ],
)
def test_what_is_no_newer_version_changes_nothing(checkout: Path, version: str, why: str) -> None:
    with pytest.raises(release.ReleaseError, match=why):
        release.release(version, root=checkout, day=DAY)
    assert git(checkout, "tag") == "v0.1.0"
    assert git(checkout, "status", "--porcelain") == ""


def test_nothing_is_released_that_is_not_committed_or_not_told(checkout: Path) -> None:
    changelog = checkout / "CHANGELOG.md"
    told = changelog.read_text()
    changelog.write_text(told + "\n")
    with pytest.raises(release.ReleaseError, match="not committed"):
        release.release("0.2.0", root=checkout, day=DAY)
    changelog.write_text(told.replace("not yet released", "2026-12-31"))
    git(checkout, "commit", "--quiet", "--all", "--message", "Dated")
    with pytest.raises(release.ReleaseError, match="says nothing of it"):
        release.release("0.2.0", root=checkout, day=DAY)


@pytest.mark.parametrize("step", ["commit", "tag"])
def test_where_git_refuses_nothing_is_changed_and_its_words_are_told(checkout: Path, step: str) -> None:
    hook = checkout / ".git" / "hooks" / {"commit": "pre-commit", "tag": "reference-transaction"}[step]
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\n[ $# = 0 ] || grep -q refs/tags || exit 0\necho "not by you" >&2\nexit 1\n')
    hook.chmod(0o755)
    before = git(checkout, "rev-parse", "HEAD")
    with pytest.raises(release.ReleaseError, match=f"^`git {step}` fails: .*not by you"):
        release.release("0.2.0", root=checkout, day=DAY)
    hook.unlink()
    assert (git(checkout, "rev-parse", "HEAD"), git(checkout, "tag")) == (before, "v0.1.0")
    assert git(checkout, "status", "--porcelain") == ""


def test_a_version_can_be_asked_about_before_all_is_checked(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "ROOT", checkout)
    assert [release.main(["check", *words]) for words in (["0.2.0"], ["0.1.0"], ["v2"], [])] == [0, 1, 1, 1]
    assert git(checkout, "tag") == "v0.1.0"
    assert git(checkout, "status", "--porcelain") == ""


def test_the_notes_are_what_the_changelog_says_of_a_version(checkout: Path) -> None:
    text = (checkout / "CHANGELOG.md").read_text()
    assert release.find_notes(text, "0.2.0") == "- New.\n"
    assert release.find_notes(text, "0.1.0") == "- First.\n"
    assert release.find_notes(text, "9.9.9") == ""
    assert release.find_notes((ROOT / "CHANGELOG.md").read_text("utf-8"), "0.1.0")


def test_the_call_without_a_version_says_how(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "make release VERSION=1.2.3" in done.stderr
