"""An id for each interaction: in every line of the log that comes of it, and where a person is told to ask the host.

Whose it is goes with it as well: who has everything deleted is stored no more by what they did before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.log import current_label, labelling
from bot.store.forgetting import acting


def label_interactions(read: Callable[[Any], None]) -> Callable[[Mapping[str, Any]], None]:
    """What reads interactions as Discord tells of them: whatever is begun there has its label, and is that
    person's.
    """

    def read_labelled(told: Mapping[str, Any]) -> None:
        person = told.get("user") or told["member"]["user"]
        with labelling(told["id"]), acting(int(person["id"]), int(told["id"])):
            read(told)

    return read_labelled


def ask_host(sentence: str) -> str:
    """A sentence of what is nobody's doing but the bot's or a service's, with what its host finds that by."""
    label = current_label()
    return f"{sentence} If it goes on, tell whoever hosts this bot the id `{label}`." if label else sentence
