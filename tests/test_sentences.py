"""Sentences for people: short, of one form, and each once in the code."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONGEST = 200
GAP = "…"
NO_SENTENCES = {"playground", "migrations"}  # a Discord and services of their own, and no words for people
ENDS = (".", "!", "?")


def read_sentences(code: str) -> Iterator[str]:
    """The literals that are sentences, with a gap for what is put in; none of docstrings and of the log."""
    tree = ast.parse(code)
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node) if part is not node}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.Call) and _is_log(node.func):
            skipped |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        text = "" if id(node) in skipped else _read_text(node)
        words = text.replace(GAP, "").split()
        if len(words) > 1 and text.rstrip().endswith(ENDS) and (text[0].isupper() or text[0] in f"{GAP}-#*"):
            yield text


def _is_log(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "log"


def _read_text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(GAP if isinstance(part, ast.FormattedValue) else _read_text(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@cache
def list_sentences() -> tuple[str, ...]:
    """All sentences of the bot."""
    paths = [path for folder in ("bot", "cogs") for path in sorted((ROOT / folder).rglob("*.py"))]
    read = [path.read_text("utf-8") for path in paths if NO_SENTENCES.isdisjoint(path.parts)]
    return tuple(text for code in read for text in read_sentences(code))


def test_no_sentence_is_longer_than_people_read() -> None:
    found = list_sentences()
    assert len(found) > 100
    assert [text for text in found if len(text) > LONGEST] == []


def test_each_sentence_stands_once_in_the_code() -> None:
    assert [text for text, number in Counter(list_sentences()).items() if number > 1] == []


def test_no_sentence_calls_wrong_what_is_not() -> None:
    assert [text for text in list_sentences() if "cannot be used. The" in text] == []


def test_sentences_are_seen() -> None:
    code = '"""A module."""\nlog.info("It is up.")\nTEXT = "It is so."\ndef f(x): return f"No {x} is here."\n'
    assert list(read_sentences(code)) == ["It is so.", f"No {GAP} is here."]


def test_what_to_call_is_said_by_the_name_that_the_program_was_called_by() -> None:
    tools = {ROOT / "bot" / "__init__.py", ROOT / "bot" / "store" / "migrations" / "__main__.py"}
    found: list[str] = []
    for path in [path for folder in ("bot", "cogs") for path in (ROOT / folder).rglob("*.py") if path not in tools]:
        tree = ast.parse(path.read_text("utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = [_read_text(node) for node in ast.walk(tree) if id(node) not in docstrings]
        found += [text for text in texts if "python -m bot" in text or "ARGS=" in text]
    assert found == []
