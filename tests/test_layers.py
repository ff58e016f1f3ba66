"""The layers and their one direction of imports, read from the syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for folder in ("bot", "cogs") for path in (ROOT / folder).rglob("*.py"))

# What each module or package may import of ours; the longest prefix counts. Nothing else may be imported.
ALLOWED: dict[str, tuple[str, ...]] = {
    "bot": (),
    "bot.errors": (),
    "bot.markdown": (),
    "bot.links": ("bot.markdown",),
    "bot.message": ("bot.links",),
    "bot.config": ("bot.errors",),
    "bot.log": (),
    "bot.http": ("bot.http", "bot.errors"),
    "bot.apis": ("bot.apis", "bot.http", "bot.errors"),
    "bot.store": ("bot.store", "bot.errors"),
    "bot.store.setting": (),
    "bot.gate": ("bot.store.setting", "bot.errors"),
    "bot.ui": ("bot.ui", "bot.apis", "bot.gate", "bot.store.setting", "bot.errors"),
    "bot.pages": ("bot.pages", "bot.ui", "bot.apis", "bot.gate", "bot.links", "bot.errors"),
    "bot.reply": ("bot.checkpoint", "bot.ui", "bot.http", "bot.errors"),
    "bot.place": ("bot.ui.viewer", "bot.gate", "bot.store"),
    "bot.checkpoint": (),
    "bot.preview_known": (),
    "bot.preview_reply": ("bot.store.preview", "bot.ui.frame"),
    "bot.preview_leave": ("bot.preview_reply", "bot.store", "bot.http", "bot.errors"),
    "bot.preview_answer": (
        "bot.preview_known",
        "bot.preview_leave",
        "bot.place",
        "bot.gate",
        "bot.store.store",
        "bot.errors",
    ),
    "bot.preview_catch_up": ("bot.preview_leave", "bot.place", "bot.gate", "bot.store", "bot.http"),
    "bot.preview_poster": ("bot.links", "bot.store.store", "bot.http", "bot.errors"),
    "bot.preview": (
        "bot.checkpoint",
        "bot.preview_answer",
        "bot.preview_catch_up",
        "bot.preview_known",
        "bot.preview_leave",
        "bot.preview_poster",
        "bot.preview_reply",
        "bot.message",
        "bot.place",
        "bot.pages",
        "bot.ui",
        "bot.gate",
        "bot.store",
        "bot.links",
        "bot.http",
        "bot.errors",
    ),
    "bot.follow": ("bot.store.follow", "bot.apis", "bot.http", "bot.errors"),
    "bot.follow_messenger": (
        "bot.checkpoint",
        "bot.preview_answer",
        "bot.follow",
        "bot.place",
        "bot.gate",
        "bot.store.follow",
        "bot.ui",
    ),
    "bot.follow_panel": (
        "bot.preview",
        "bot.place",
        "bot.reply",
        "bot.pages",
        "bot.ui",
        "bot.gate",
        "bot.store",
        "bot.http",
        "bot.errors",
    ),
    "bot.panel": ("bot.preview", "bot.reply", "bot.ui", "bot.gate", "bot.store", "bot.http", "bot.errors"),
    "bot.client": (
        "bot.checkpoint",
        "bot.follow",
        "bot.follow_messenger",
        "bot.follow_panel",
        "bot.panel",
        "bot.preview",
        "bot.place",
        "bot.reply",
        "bot.pages",
        "bot.ui",
        "bot.gate",
        "bot.store",
        "bot.http",
    ),
    "bot.rest": ("bot.store", "bot.http", "bot.errors"),
    "bot.completion": ("bot.client", "bot.reply", "bot.ui", "bot.apis", "bot.links", "bot.errors"),
    "bot.options": ("bot.completion", "bot.pages", "bot.ui", "bot.apis", "bot.links", "bot.errors"),
    "bot.connection": ("bot.client", "bot.config"),
    "bot.app": (
        "bot",
        "bot.client",
        "bot.config",
        "bot.connection",
        "bot.pages",
        "bot.rest",
        "bot.ui",
        "bot.gate",
        "bot.apis",
        "bot.store",
        "bot.http",
        "bot.errors",
    ),
    "bot.check": (
        "bot.app",
        "bot.client",
        "bot.config",
        "bot.log",
        "bot.rest",
        "bot.apis",
        "bot.store",
        "bot.ui",
        "bot.http",
        "bot.errors",
    ),
    "bot.playground.engine": ("bot.playground.engine",),
    "bot.playground.service": ("bot.playground.service",),
    "bot.playground.page": ("bot.playground.engine",),
    "bot.playground.run": ("bot.app", "bot.config", "bot.connection", "bot.playground"),
    "bot.playground": (),
    "bot.__main__": (
        "bot",
        "bot.app",
        "bot.check",
        "bot.config",
        "bot.connection",
        "bot.errors",
        "bot.log",
        "bot.playground.run",
    ),
    "cogs": (
        "bot.client",
        "bot.completion",
        "bot.follow_panel",
        "bot.options",
        "bot.pages",
        "bot.reply",
        "bot.ui",
        "bot.apis",
        "bot.place",
        "bot.preview",
        "bot.links",
        "bot.message",
        "bot.errors",
    ),
}

# Where a foreign library may stand.
PLACES: dict[str, tuple[str, ...]] = {
    "aiocache": ("bot.http.cache",),
    "dotenv": ("bot.config",),
    "discord": (
        "bot.client",
        "bot.completion",
        "bot.follow_messenger",
        "bot.follow_panel",
        "bot.message",
        "bot.options",
        "bot.panel",
        "bot.place",
        "bot.preview",
        "bot.preview_answer",
        "bot.preview_catch_up",
        "bot.preview_poster",
        "bot.preview_reply",
        "bot.pages.chart",
        "bot.reply",
        "bot.connection",
        "bot.check",
        "bot.ui",
        "cogs",
    ),
    "PIL": ("bot.ui.chart_picture",),
    "sqlalchemy": ("bot.store",),
    "alembic": ("bot.store",),
    "aiosqlite": (),  # SQLAlchemy alone imports it
    "asyncpg": ("bot.store",),
    # Outside of the transport and the playground it is only caught: what discord.py lets through of its errors.
    "aiohttp": (
        "bot.http.transport",
        "bot.connection",
        "bot.check",
        "bot.checkpoint",
        "bot.follow_messenger",
        "bot.preview",
        "bot.preview_catch_up",
        "bot.preview_reply",
        "bot.reply",
        "bot.playground",
    ),
}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            module = node.module or ""
            for alias in node.names:
                submodule = ROOT.joinpath(*module.split("."), alias.name)
                is_module = submodule.with_suffix(".py").exists() or submodule.is_dir()
                yield f"{module}.{alias.name}" if is_module else module


def stands_in(name: str, place: str) -> bool:
    return name == place or (place != "bot" and name.startswith(f"{place}."))


def find_allowances(name: str, imported: str) -> set[tuple[str, str]]:
    """Everything in either table that allows this import."""
    root = imported.partition(".")[0]
    if root in {"bot", "cogs"}:
        rule = max((key for key in ALLOWED if stands_in(name, key)), key=len)
        return {(rule, allowed) for allowed in ALLOWED[rule] if stands_in(imported, allowed)}
    return {(root, place) for place in PLACES.get(root, ()) if stands_in(name, place)}


def find_violations(name: str, imported: str) -> str | None:
    is_ruled = imported.partition(".")[0] in {"bot", "cogs", *PLACES}
    return f"{name} imports {imported}" if is_ruled and not find_allowances(name, imported) else None


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    violations = [found for imported in imports_of(path) if (found := find_violations(name_of(path), imported))]
    assert violations == []


def test_every_allowance_is_used() -> None:
    used = {pair for path in SOURCES for name in imports_of(path) for pair in find_allowances(name_of(path), name)}
    given = {(rule, allowed) for table in (ALLOWED, PLACES) for rule, some in table.items() for allowed in some}
    assert given - used == set()


@pytest.mark.parametrize(
    ("name", "imported"),
    [
        ("bot.http.client", "bot.apis.vndb"),
        ("bot.apis.vndb", "discord"),
        ("bot.ui.vndb", "aiohttp"),
        ("cogs.vn", "cogs.other"),
        ("bot.errors", "bot.http"),
        ("bot.http.client", "aiocache"),
        ("bot.store.database", "aiosqlite"),
    ],
)
def test_the_rule_finds_a_planted_violation(name: str, imported: str) -> None:
    assert find_violations(name, imported) is not None


def calls_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node)


@pytest.mark.parametrize(
    ("expression", "place"),
    [("aiohttp.ClientSession", "bot.http.transport"), ("os.environ", "bot.config")],
)
def test_an_expression_stands_in_one_module_only(expression: str, place: str) -> None:
    users = {name_of(path) for path in SOURCES if expression in calls_of(path)}
    assert users == {place}


def test_one_module_decodes_what_services_send() -> None:
    """It alone knows every way in which that fails. What is stored is decoded in `bot.store`."""
    users = {name_of(path) for path in SOURCES if "msgspec.json.decode" in calls_of(path)}
    assert {name for name in users if not name.startswith(("bot.playground.", "bot.store."))} == {"bot.apis.body"}


def test_there_is_one_http_call_site() -> None:
    calls = [
        name_of(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "request"
    ]
    assert calls == ["bot.http.transport"]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_is_at_most_500_lines_and_a_function_60(path: Path) -> None:
    source = path.read_text("utf-8")
    assert source.count("\n") <= 500
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{path}: {node.name} is too long"


_CLOCKLESS = tuple(
    f"bot.{name}" for name in ["http", "apis", "ui", "pages", "store", "gate", "preview", "follow", "panel", "place"]
)
CLOCKLESS = [path for path in SOURCES if name_of(path).startswith(_CLOCKLESS)]


@pytest.mark.parametrize("path", CLOCKLESS, ids=name_of)
def test_nothing_below_the_cogs_reads_the_time_itself(path: Path) -> None:
    if name_of(path) == "bot.http.clock":
        return
    used = {"time.time", "time.monotonic", "asyncio.sleep", "datetime.now", "datetime.utcnow"} & set(calls_of(path))
    assert used == set()
