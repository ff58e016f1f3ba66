"""The documents lead to what there is, and every picture stands in one of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / ".github"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LEADS = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)|<img src=\"([^\"]+)\"")


def list_leads(document: Path) -> list[Path]:
    """The files that a document links to or shows."""
    found = (match[1] or match[2] for match in _LEADS.finditer(document.read_text("utf-8")))
    return [
        (document.parent / lead).resolve() for lead in found if "://" not in lead and not lead.startswith("mailto:")
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_lead_to_what_there_is(document: Path) -> None:
    assert [lead for lead in list_leads(document) if not lead.exists()] == []


def test_every_picture_stands_in_a_document() -> None:
    shown = {lead for document in DOCUMENTS for lead in list_leads(document)}
    pictures = {*PICTURES.glob("*.webp"), *PICTURES.glob("*.png")}
    assert len(pictures) > 20
    assert pictures - shown == set()


def test_every_threat_names_a_test_that_is_there() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    _head, _line, *rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| **")]
    named = [re.findall(r"`(tests/[^`]+?)::([^`]+)`", row) for row in rows]
    assert len(rows) > 40
    assert all(named)
    missing = [f"{path}::{name}" for row in named for path, name in row if f"def {name}(" not in _read(ROOT / path)]
    assert missing == []


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
