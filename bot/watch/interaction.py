"""What became of interactions, as figures: how many by command and outcome, and how long people waited."""

from __future__ import annotations

import discord
from discord import app_commands
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bot.http import Clock
from bot.interaction.course import Course, Interaction

ACKNOWLEDGE_BOUNDS_S = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 2.0, 3.0)
"""Discord gives an interaction up after three seconds."""
ANSWER_BOUNDS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0)

_OTHER = "other"
_PRESSED = {2: "button", 3: "select", 5: "select", 6: "select", 7: "select", 8: "select"}


class Interactions:
    """A `Listener`."""

    def __init__(self, registry: CollectorRegistry, *, clock: Clock) -> None:
        self._clock = clock
        self._count = Counter(
            "shiori_interactions",
            "Interactions that were answered, by kind, name (of the command; else what was pressed) and outcome.",
            ("kind", "name", "outcome"),
            registry=registry,
        )
        self._acknowledged = Histogram(
            "shiori_interaction_acknowledge_seconds",
            "Time until Discord took a first answer, or that there will be one, by kind and group of commands.",
            ("kind", "group"),
            buckets=ACKNOWLEDGE_BOUNDS_S,
            registry=registry,
        )
        self._answered = Histogram(
            "shiori_interaction_answer_seconds",
            "Time until an interaction was done with, by kind and group of commands.",
            ("kind", "group"),
            buckets=ANSWER_BOUNDS_S,
            registry=registry,
        )
        self._going = Gauge(
            "shiori_interactions_in_progress", "Interactions that are being answered.", registry=registry
        )

    def now_s(self) -> float:
        return self._clock.monotonic()

    def begin(self) -> None:
        self._going.inc()

    def end(self, interaction: Interaction, course: Course) -> None:
        self._going.dec()
        kind, name = find_name(interaction)
        group = name.partition(" ")[0] if kind in {"command", "autocomplete"} else name
        self._count.labels(kind, name, course.outcome.value).inc()
        self._answered.labels(kind, group).observe(self.now_s() - course.begun_s)
        if course.acknowledged_s is not None:
            self._acknowledged.labels(kind, group).observe(course.acknowledged_s)


def find_name(interaction: Interaction) -> tuple[str, str]:
    """What kind of interaction that is, and the name of its command, or of what was pressed.

    All come from what the bot has declared, and not from what Discord sends: their number is bounded.
    """
    match interaction.type:
        case discord.InteractionType.component:
            return "component", _PRESSED.get(int((interaction.data or {}).get("component_type", 0)), _OTHER)
        case discord.InteractionType.modal_submit:
            return "modal", "modal"
        case discord.InteractionType.autocomplete:
            kind = "autocomplete"
        case _:
            kind = "menu" if isinstance(interaction.command, app_commands.ContextMenu) else "command"
    return kind, _OTHER if interaction.command is None else interaction.command.qualified_name
