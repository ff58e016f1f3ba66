"""Every command and option that Discord is told of is as the tables of docs/style.md say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from discord import AppCommandOptionType as Kind

from cogs.image import CategorisedImages
from tests.flow.conftest import Place

Payload = dict[str, Any]

STYLE = Path(__file__).parents[2] / "docs" / "style.md"
DOCUMENT = STYLE.with_name("commands.md")
EVERYWHERE, NONE = "everywhere", "–"
OF_V1 = " of a server of v1"
INPUTS = {
    Kind.string: "text",
    Kind.integer: "whole number",
    Kind.boolean: "yes or no",
    Kind.channel: "channel",
    Kind.role: "role",
    Kind.number: "number",
    Kind.attachment: "file",
}


@dataclass(frozen=True)
class OptionRow:
    """An option as the table has it."""

    name: str
    where: str
    input: str
    suggestions: str

    def is_for(self, command: str) -> bool:
        return self.where == EVERYWHERE or f"`/{command.partition(' ')[0]}`" in self.where.split(", ")


def read_table(heading: str) -> list[list[str]]:
    """The cells of each row of the table below that heading, but for its head."""
    section = STYLE.read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return rows[2:]


COMMANDS = {name.replace("`", "").removeprefix("/"): options for name, options in read_table("Commands")}
OPTIONS = [OptionRow(*cells) for cells in read_table("Options")]
DESCRIPTIONS = [(name, where, text.replace("&#124;", "|")) for name, where, text in read_table("Descriptions")]


def fit(where: str, command: str) -> int:
    """How many words of the command a row names at most; -1 if it is for others."""
    if where == EVERYWHERE:
        return 0
    named = [one.strip("`/") for one in where.split(", ")]
    return max((len(one.split()) for one in named if f"{command} ".startswith(f"{one} ")), default=-1)


def find_description(name: str, command: str) -> tuple[str, str, str]:
    """The row of the table that says what an option of that command says of itself."""
    rows = sorted((row for row in DESCRIPTIONS if row[0] == name), key=lambda row: fit(row[1], command))
    assert rows and fit(rows[-1][1], command) >= 0, f"{name} of /{command} has no description in the table"
    assert len(rows) == 1 or fit(rows[-1][1], command) > fit(rows[-2][1], command), f"{name} of /{command} has two"
    return rows[-1]


def walk(command: Payload, name: str) -> Iterator[tuple[str, Payload]]:
    """Each command that can be used, by its whole name."""
    groups = (Kind.subcommand.value, Kind.subcommand_group.value)
    parts = [part for part in command.get("options", []) if part["type"] in groups]
    for part in parts:
        yield from walk(part, f"{name} {part['name']}")
    if not parts:
        yield name, command


def list_commands(place: Place) -> dict[str, Payload]:
    """What Discord was told, and what it would be with a server of pictures of the other version."""
    told = [one for one in place.world.commands if one.get("type", 1) == 1]
    found = dict(pair for one in told for pair in walk(one, one["name"]))
    bot = place.connected_bot
    assert bot is not None
    group = CategorisedImages(bot)
    of_v1 = dict(walk(group.to_dict(bot.tree), "image"))
    return {**found, f"image search{OF_V1}": of_v1["image search"]}


def describe_input(option: Payload) -> str:
    if option.get("choices"):
        return "choice"
    low = option.get("min_value", option.get("min_length", 0))  # zero is not told
    high = option.get("max_value", option.get("max_length"))
    kind = INPUTS[Kind(option["type"])]
    return kind if high is None else f"{kind}, {int(low)} to {int(high)}"


def format_options(command: Payload) -> str:
    options = command.get("options", [])
    names = [f"**{one['name']}**" if one.get("required") else str(one["name"]) for one in options]
    return ", ".join(names) or NONE


def test_the_tables_are_read() -> None:
    assert len(COMMANDS) > 50
    assert len(OPTIONS) > 40


async def test_every_command_is_in_the_table_with_its_options_in_order(shared: Place) -> None:
    found = {name: format_options(command) for name, command in list_commands(shared).items()}
    assert found == COMMANDS


async def test_every_command_is_in_the_document_that_people_read(shared: Place) -> None:
    rows = [line.split(" | ")[0] for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| ")]
    told = {name for row in rows for name in re.findall(r"`/([^`]+)`|\*Apps → ([^*]+)\*", row)}
    names = [(one.get("type", 1) == 1, name) for one in shared.world.commands for name, _ in walk(one, one["name"])]
    assert told == {(name, "") if typed else ("", name) for typed, name in names}


async def test_every_option_has_the_input_and_the_suggestions_of_the_table(shared: Place) -> None:
    used: set[OptionRow] = set()
    for name, command in list_commands(shared).items():
        for option in command.get("options", []):
            rows = [row for row in OPTIONS if row.name == option["name"] and row.is_for(name)]
            assert len(rows) == 1, f"{option['name']} of /{name} has {len(rows)} rows"
            used.update(rows)
            said = describe_input(option), bool(option.get("autocomplete"))
            assert said == (rows[0].input, rows[0].suggestions != NONE), f"{option['name']} of /{name}"
    assert used == {*OPTIONS}


async def test_every_option_says_of_itself_what_the_table_does(shared: Place) -> None:
    used: set[tuple[str, str, str]] = set()
    for name, command in list_commands(shared).items():
        for option in command.get("options", []):
            row = find_description(option["name"], name)
            used.add(row)
            assert option["description"] == row[2], f"{option['name']} of /{name}"
    assert used == {*DESCRIPTIONS}


@pytest.mark.parametrize(
    ("where", "words"), [(EVERYWHERE, 0), ("`/vn`", 1), ("`/anime`, `/vn staff search`", 3), ("`/vndb`", -1)]
)
def test_of_two_descriptions_that_fit_the_nearer_one_holds(where: str, words: int) -> None:
    assert fit(where, "vn staff search") == words


async def test_options_stand_in_the_order_of_the_table(shared: Place) -> None:
    order = list(dict.fromkeys(row.name for row in OPTIONS))
    for name, command in list_commands(shared).items():
        places = [order.index(option["name"]) for option in command.get("options", [])]
        assert places == sorted(places), name


async def test_descriptions_have_one_form(shared: Place) -> None:
    groups = [one for one in shared.world.commands if one.get("type", 1) == 1]
    groups += [part for one in groups for part in one.get("options", []) if part["type"] == Kind.subcommand_group.value]
    commands = list_commands(shared)
    described = [*groups, *commands.values(), *(one for told in commands.values() for one in told.get("options", []))]
    wrong = [one["description"] for one in described if not is_description(one["description"])]
    assert wrong == []


def is_description(text: str) -> bool:
    return 0 < len(text) <= 100 and (text[0].isupper() or text[0].isdigit()) and not text.endswith(".")


@pytest.mark.parametrize("text", ["", "a title", "A title.", "A" * 101])
def test_another_form_is_seen(text: str) -> None:
    assert not is_description(text)
