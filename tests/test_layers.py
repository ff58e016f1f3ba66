"""The layers and their one direction of imports, read from the syntax trees."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for folder in ("bot", "cogs") for path in (ROOT / folder).rglob("*.py"))

SERVICES = sorted(folder.parent.name for folder in ROOT.glob("bot/*/api"))
"""A room with an `api` is a service's; none stands above another."""

# The rooms, from the ground up: a module imports its own room and those below it, and nothing above.
ROOMS = (
    "errors",
    "config",
    "log",
    "report",  # errors for a host's Sentry
    "links",  # what a text links to
    "http",  # the one client; it knows no service
    "redis",  # what processes share; it knows no service
    "service",  # what every service's client is made of
    "gate",  # what was chosen, and what may be shown where
    "cards",  # what every card is made of
    "navigation",  # addresses, pages, what can be pressed
    "store",
    "names",  # names at hand, filled in the background
    "gateway",  # the connection to Discord
    "interaction",  # answering in time, and with a sentence
    "account",  # what people linked, and where it is shown
    "settings",  # the panels
    *SERVICES,
    "status",  # which services answer
    "lookup",  # what people type, led to a page of any service
    "preview",
    "follow",
    "transfer",  # a person's own list, from a file and as files
    "welcome",  # the first minute
    "client",
    "command",  # options of commands
    "rest",
    "connection",
    "watch",  # what is told of the bot to those who look at it from outside
    "app",
    "playground",
    "verb",  # what the program can be told to do
    "__main__",
)
LAYERS = ("api", "cards", "pages")
"""Of a service, from the ground up. What stands beside them is above them."""

# A room, or a module of it, that one below it or beside it may use all the same.
BRIDGES: dict[str, str] = {
    "bot.anime.novel": "bot.vndb",  # from an anime to the visual novel that it came from, and back
    "bot.playground.service.amvstrm": "bot.playground.service.anilist",  # which it asks, as the real one does
}
# Rooms that know no Discord. Of a service, its `api` does not.
NO_DISCORD = (
    "bot.errors",
    "bot.config",
    "bot.log",
    "bot.report",
    "bot.http",
    "bot.redis",
    "bot.service",
    "bot.gate",
    "bot.store",
    "bot.names",
    "bot.rest",
    "bot.account.keys",
    "bot.account.seal",
    "bot.account.token",
)

# Where a foreign library may stand.
PLACES: dict[str, tuple[str, ...]] = {
    "aiocache": ("bot.http.cache",),
    "sentry_sdk": ("bot.report.sentry",),
    "dotenv": ("bot.config", "bot.verb.env_file"),
    "PIL": ("bot.cards.chart_picture",),
    "sqlalchemy": (
        "bot.store",
        "bot.account.record",
        "bot.account.list_record",
        "bot.account.own",
        "bot.account.token",
        "bot.account.keys",
        "bot.vndb.my_list.record",
        "bot.preview.record",
        "bot.follow.record",
        "bot.follow.export",
        "bot.follow.forget",
        "bot.follow.held",
        "bot.follow.mark",
        "bot.follow.mine",
        "bot.names.record",
        "bot.transfer.record",
        "bot.welcome.record",
    ),
    "prometheus_client": ("bot.watch",),
    "redis": ("bot.redis.connection",),
    "rapidfuzz": ("bot.service.names", "bot.service.near"),
    "alembic": ("bot.store",),
    "cryptography": ("bot.account.seal",),
    "asyncpg": ("bot.store",),
    "graphql": ("bot.playground.service.anilist.execute",),
    # Outside of the transport and the playground it is only caught: what discord.py lets through of its errors.
    "aiohttp": (
        "bot.http.transport",
        "bot.connection",
        "bot.gateway.connected",
        "bot.interaction.checkpoint",
        "bot.follow.messenger",
        "bot.follow.place",
        "bot.preview.previewer",
        "bot.preview.catch_up",
        "bot.preview.replies",
        "bot.settings.gone",
        "bot.transfer.long_answer",
        "bot.transfer.panel",
        "bot.welcome.greeter",
        "bot.interaction.reply",
        "bot.playground",
        "bot.watch.server",
        "bot.watch.discord_request",
    ),
}


@functools.cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@functools.cache
def walk(path: Path) -> list[ast.AST]:
    return list(ast.walk(parse(path)))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[str]:
    for node in walk(path):
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
    return name == place or name.startswith(f"{place}.")


def room_of(name: str) -> str:
    return name.split(".")[1] if name.startswith("bot.") else name


def find_allowances(name: str, imported: str) -> set[tuple[str, str]]:
    """Everything in either table that allows this import."""
    bridges = {(foot, end) for foot, end in BRIDGES.items() if stands_in(name, foot) and stands_in(imported, end)}
    root = imported.partition(".")[0]
    return bridges | {(root, place) for place in PLACES.get(root, ()) if stands_in(name, place)}


def find_violation(name: str, imported: str) -> str | None:
    """Say which rule an import breaks; None if none."""
    root = imported.partition(".")[0]
    if find_allowances(name, imported) or imported == "bot":
        return None
    if root in {"bot", "cogs"}:
        return find_violation_of_ours(name, imported)
    if root == "discord" and (is_api(name) or any(stands_in(name, one) for one in NO_DISCORD)):
        return f"{name} knows no Discord"
    return f"{name}: {root} has its own place" if root in PLACES else None


def find_violation_of_ours(name: str, imported: str) -> str | None:
    if "bot.playground" in {name[:14], imported[:14]}:
        return find_violation_of_playground(name, imported)
    if imported.startswith("cogs"):
        return f"{name}: nothing imports a cog"
    return None if name.startswith("cogs") else find_climb(name, imported)


def find_climb(name: str, imported: str) -> str | None:
    here, there = room_of(name), room_of(imported)
    if here != there:
        if {here, there} <= set(SERVICES):
            return f"{name}: no service knows another"
        return f"{name} imports {imported}, above it" if ROOMS.index(there) > ROOMS.index(here) else None
    if here in SERVICES and rank(imported) > rank(name):
        return f"{name} imports {imported}, a layer above it"
    return None


def find_violation_of_playground(name: str, imported: str) -> str | None:
    """Its judges share no code with the clients; the bot does without it."""
    for part in ("engine", "service"):
        if stands_in(name, f"bot.playground.{part}"):
            if not stands_in(imported, f"bot.playground.{part}"):
                return f"{name}: a judge shares no code"
            here, there = (one.split(".")[3:] for one in (name, imported))
            # What stands in no folder is what they all need, or starts them.
            apart = part == "service" and len(here) > 1 and len(there) > 1 and here[0] != there[0]
            return f"{name}: no judge knows another" if apart else None
    is_start = name == "bot.verb.playground" or name.startswith("bot.playground")
    return None if is_start else f"{name}: the bot does without the playground"


def rank(name: str) -> int:
    layer = name.split(".")[2] if name.count(".") > 1 else ""
    return LAYERS.index(layer) if layer in LAYERS else len(LAYERS)


def is_api(name: str) -> bool:
    return room_of(name) in SERVICES and rank(name) == 0


def test_modules_import_only_what_their_rooms_may() -> None:
    pairs = [(name_of(path), imported) for path in SOURCES for imported in imports_of(path)]
    assert [found for pair in pairs if (found := find_violation(*pair))] == []


def test_every_allowance_is_used() -> None:
    used = {pair for path in SOURCES for name in imports_of(path) for pair in find_allowances(name_of(path), name)}
    places = {(library, place) for library, some in PLACES.items() for place in some}
    assert (places | set(BRIDGES.items())) - used == set()


def test_every_room_stands_in_the_list() -> None:
    assert {room_of(name_of(path)) for path in SOURCES if name_of(path).startswith("bot.")} == set(ROOMS)


def test_the_tree_is_shallow_and_its_folders_small() -> None:
    modules = [path for path in SOURCES if path.name != "__init__.py"]
    root = [path.name for path in modules if path.parent == ROOT / "bot"]
    assert len(root) <= 9, root
    for folder in {path.parent for path in modules}:
        assert sum(path.parent == folder for path in modules) <= 26, folder


@pytest.mark.parametrize(
    ("name", "imported"),
    [
        ("bot.http.client", "bot.vndb.api.client"),
        ("bot.vndb.api.client", "discord"),
        ("bot.vndb.api.client", "bot.vndb.cards.text"),
        ("bot.vndb.cards.text", "bot.vndb.pages.list"),
        ("bot.vndb.cards.text", "bot.anime.cards.text"),
        ("bot.anime.pages.media", "bot.vndb.api.model"),
        ("bot.vndb.cards.text", "aiohttp"),
        ("bot.cards.text", "bot.navigation.frame"),
        ("bot.store.store", "bot.settings.panel"),
        ("bot.preview.plan", "cogs.vn"),
        ("cogs.vn", "cogs.other"),
        ("bot.errors", "bot.http"),
        ("bot.http.client", "aiocache"),
        ("bot.store.database", "discord"),
        ("bot.client", "bot.playground.run"),
        ("bot.playground.service.vndb.server", "bot.vndb.api.client"),
        ("bot.playground.service.anilist.graph", "bot.playground.service.vndb.table"),
    ],
)
def test_the_rule_finds_a_planted_violation(name: str, imported: str) -> None:
    assert find_violation(name, imported) is not None


@functools.cache
def calls_of(path: Path) -> frozenset[str]:
    return frozenset(ast.unparse(node) for node in walk(path) if isinstance(node, ast.Attribute))


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
    others = {name for name in users if not name.startswith(("bot.playground.", "bot.store."))}
    assert others == {"bot.service.body", "bot.navigation.memory"}  # the second reads what it has written itself


def test_there_is_one_http_call_site() -> None:
    calls = [
        name_of(path)
        for path in SOURCES
        for node in walk(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "request"
    ]
    # The second is discord.py's own way to Discord: no service is asked there.
    assert calls == ["bot.http.transport", "bot.interaction.callback"]


def test_files_have_at_most_500_lines_and_functions_60() -> None:
    for path in SOURCES:
        source = path.read_text("utf-8")
        assert source.count("\n") <= 500, path
        for node in walk(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 60, f"{path}: {node.name} is too long"


def test_what_a_function_is_called_says_whether_it_waits() -> None:
    pure = re.compile(r"(build|parse|render)_")
    for path in SOURCES:
        for node in walk(path):
            if isinstance(node, ast.FunctionDef):
                assert not node.name.startswith("fetch_"), f"{path}: {node.name} fetches nothing"
            if isinstance(node, ast.AsyncFunctionDef) and not node.decorator_list:
                assert not pure.match(node.name), f"{path}: {node.name} does I/O"


LENGTH_OF_TIME = re.compile(r"(^|_)(delay|interval|latency|lifetime|ttl)$")


def test_a_length_of_time_has_its_unit_in_its_name() -> None:
    for path in SOURCES:
        for node in walk(path):
            if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
                name = node.arg if isinstance(node, ast.arg) else ast.unparse(node.target)
                is_number = ast.unparse(node.annotation).removesuffix(" | None") in {"float", "int"}
                assert not (is_number and LENGTH_OF_TIME.search(name)), f"{path}: {name} of what?"


def test_a_docstring_says_what_is_given_and_not_that_it_is_returned() -> None:
    for path in SOURCES:
        for node in walk(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                words = (ast.get_docstring(node) or "").split()
                assert words[:1] not in (["Return"], ["Returns"]), f"{path}: {node.name}"


READS_TIME = {"time.time", "time.monotonic", "asyncio.sleep", "datetime.now", "datetime.utcnow"}
MAY_READ_TIME = ("bot.http.clock", "bot.playground", "bot.connection", "bot.client", "bot.app", "bot.verb", "bot.log")


def test_nothing_below_the_client_reads_the_time_itself() -> None:
    readers = [
        name
        for path in SOURCES
        if (name := name_of(path)).startswith("bot.") and not name.startswith(MAY_READ_TIME)
        if READS_TIME & set(calls_of(path))
    ]
    assert readers == []
