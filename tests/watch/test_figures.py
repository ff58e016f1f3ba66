"""What Prometheus is told of the whole bot: what happened is counted once, and nobody is named."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from bot.follow.follower import Told
from bot.interaction.course import Outcome
from bot.playground.engine import Person, RestFault
from bot.playground.engine.components import find_component
from bot.playground.engine.invocation import PersonError
from bot.preview.replies import Done
from bot.watch.discord_request import STATUSES
from tests.watch.conftest import Watched
from tests.watch.exposition import Exposition, parse

LINK = "https://vndb.org/v17"
HOSTILE = 'Kate "} 1\nshiori_evil 1 https://example.org/?token=hunter2'


async def read(watched: Watched) -> Exposition:
    return parse((await watched.ask("/metrics")).body)


async def use(watched: Watched) -> None:
    """Ask for this and that, some of it in vain."""
    place = watched.place
    person, general = place.reader, place.general

    async def ask(name: str, **options: Any) -> dict[str, Any]:
        return await (await person.slash(general, name, **options)).message()

    card = await ask("vn info", title="v17")
    select = find_component(card, lambda one: one["type"] == 3 and len(one["options"]) > 1)
    assert select is not None
    other = next(one["value"] for one in select["options"] if not one.get("default"))
    await (await person.select(card, select["custom_id"], [other])).message()
    await ask("vn info", title="v17")
    await ask("vn info", title=HOSTILE)
    await ask("vn info", title="v99999999")
    await person.autocomplete(general, "vn info", focused="title", title="ever")
    await person.autocomplete(general, "vn info", focused="title", title=HOSTILE)
    place.services.vndb.fault = "500"
    await ask("vn info", title="v1234")
    place.services.vndb.fault = None
    place.world.rest_faults.append(RestFault(404, path="/callback$"))
    place.world.answer_within_s = 0.5
    await person.slash(general, "me")
    place.world.answer_within_s = 15.0
    place.world.rest_faults.append(RestFault(429, path="/callback$", retry_after_s=0.1))
    await ask("me")
    posted = await person.post(general, LINK)
    await (await person.context_menu(general, "Preview links", posted)).message()
    async with asyncio.timeout(20):
        while not watched.shiori.previewer.counts["sent"]:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.02)


async def test_what_happens_is_counted_by_command_and_outcome(watched: Watched) -> None:
    await use(watched)
    seen = await read(watched)

    def count(kind: str, name: str, outcome: str) -> float:
        return seen.get("shiori_interactions_total", kind=kind, name=name, outcome=outcome)

    assert count("command", "vn info", "ok") == 2
    assert count("command", "vn info", "no_result") == 1
    assert count("command", "vn info", "invalid") == 1
    assert count("command", "vn info", "unavailable") == 1
    assert count("command", "me", "gone") == 1
    assert count("command", "me", "ok") == 1
    assert count("menu", "Preview links", "ok") == 1
    assert count("autocomplete", "vn info", "ok") == 1
    assert count("autocomplete", "vn info", "no_result") == 1
    assert count("component", "select", "ok") == 1
    assert seen.sum("shiori_interactions_total") == 11
    assert seen.get("shiori_interaction_answer_seconds_count", kind="command", group="vn") == 5
    assert seen.get("shiori_interaction_acknowledge_seconds_count", kind="command", group="me") == 1
    assert seen.get("shiori_interactions_in_progress") == 0
    assert seen.get("shiori_cache_reads_total", service="VNDB", result="hit") >= 1
    assert seen.get("shiori_service_requests_total", service="VNDB", outcome="5xx") >= 1
    assert seen.get("shiori_service_retries_total", service="VNDB") >= 1
    sent = seen.sum("shiori_service_requests_total", service="VNDB")
    assert sent == len(watched.place.services.vndb.requests)
    assert seen.get("shiori_service_request_seconds_count", service="VNDB") == sent
    assert seen.get("shiori_service_window_free", service="VNDB", window_seconds="300") == 200 - sent
    assert seen.get("shiori_service_window_limit", service="VNDB", window_seconds="300") == 200
    assert seen.get("shiori_discord_requests_total", status="429") == 1
    assert seen.get("shiori_discord_requests_total", status="4xx") == 1
    assert seen.get("shiori_previews_total", outcome="sent") == 1
    assert seen.get("shiori_ready") == 1
    assert seen.get("shiori_servers") == 1
    assert seen.get("process_resident_memory_bytes") > 10e6


async def test_figures_are_well_formed_and_name_nobody(watched: Watched) -> None:
    """As promtool has it, without promtool."""
    world = watched.place.world
    await (await watched.place.reader.slash(watched.place.general, "vn info", title=HOSTILE)).message()
    text = (await watched.ask("/metrics")).body
    seen = parse(text)
    own = {name: kind for name, kind in seen.kinds.items() if name.startswith("shiori_")}
    assert len(own) > 30
    for name, kind in own.items():
        assert re.fullmatch(r"[a-z_]+", name)
        assert seen.helps[name].endswith("."), name
        assert name.endswith("_total") is (kind == "counter"), name
        assert kind != "histogram" or name.endswith("_seconds"), name
    assert "hunter2" not in text
    assert "evil" not in text
    values = {value for values in seen.list_labels().values() for value in values}
    assert [value for value in values if re.search(r"[0-9]{15}", value)] == []
    assert (
        values & {one.name for one in (*world.users.values(), *world.channels.values(), *world.roles.values())} == set()
    )


async def test_who_asks_all_the_time_is_told_the_same_again(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """So nobody keeps the bot busy with it."""
    monkeypatch.setattr("bot.watch.figures.EVERY_S", 3600.0)
    before = (await watched.ask("/metrics")).body
    await (await watched.place.reader.slash(watched.place.general, "me")).message()
    assert {(await watched.ask("/metrics")).body for _ in range(5)} == {before}
    monkeypatch.setattr("bot.watch.figures.EVERY_S", 0.0)
    assert (await read(watched)).get("shiori_interactions_total", kind="command", name="me", outcome="ok") == 1


def list_commands(commands: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every slash command that can be typed, with its options."""
    for command in commands:
        below = [one for one in command.get("options", ()) if one["type"] in {1, 2}]
        if below:
            yield from ((f"{command['name']} {name}", options) for name, options in list_commands(below))
        elif command.get("type", 1) in {1, 2}:
            yield command["name"], command.get("options", [])


async def test_no_label_has_more_values_than_are_declared(watched: Watched) -> None:
    """Every command is asked for, and many by another person with other words: that adds no figure."""
    place = watched.place
    typed = [one for one in place.world.commands if one["type"] == 1]
    commands = list(list_commands(typed))
    assert len(commands) > 70

    async def use_all(person: Person, word: str, *, every: int) -> Exposition:
        for name, options in commands[::every]:
            channel = place.world.after_dark if name.startswith("gallery") else place.general
            given = {one["name"]: fill(one, word) for one in options if one.get("required")}
            try:
                exchange = await person.slash(channel, name, **given)
            except PersonError:
                continue  # Discord does not let them, or wants a file
            await exchange.acknowledged()
        async with asyncio.timeout(30):
            while (seen := await read(watched)).get("shiori_interactions_in_progress"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        return seen

    first = await use_all(place.moderator, "alpha alpha alpha", every=1)
    second = await use_all(place.reader, "beta 123456789012345678", every=4)
    assert second.sum("shiori_interactions_total") > first.sum("shiori_interactions_total") > 70
    labels = second.list_labels()
    names = {name for name, _ in commands} | {"Preview links", "button", "select", "modal", "other"}
    assert labels["name"] <= names
    assert {name: labels[name] - values for name, values in first.list_labels().items() if labels[name] - values} == {}
    assert labels["group"] <= {name.partition(" ")[0] for name in names} | names
    assert labels["kind"] <= {"command", "menu", "component", "modal", "autocomplete"}
    outcomes = {one.value for one in Outcome} | {"2xx", "3xx", "4xx", "5xx", "failed"}
    assert labels["outcome"] <= outcomes | set(get_args(Done)) | set(get_args(Told))
    assert labels["status"] == set(STATUSES)
    declared = {"version", "python", "discord_py", "generation", "service", "result", "window_seconds", "shard", "le"}
    assert set(labels) == declared | {"name", "group", "kind", "outcome", "status"}
    assert sum(map(len, second.samples.values())) < 1500


def fill(option: dict[str, Any], word: str) -> Any:
    """Something to type into an option."""
    if option.get("choices"):
        return option["choices"][0]["value"]
    return {3: word, 4: 1, 5: True}.get(option["type"], word)
