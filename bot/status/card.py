"""The card that says which services answer: what that means for people, and whether waiting helps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from discord import ui

from bot.cards.duration import format_wait
from bot.interaction.error import TROUBLES
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.item import GoButton
from bot.navigation.viewer import Viewer
from bot.status.health import Condition, Report, State, Topic

SOURCE = "Shiori"
_SOON_S = 120
"""An end that is nearer is told in seconds alone: the minute says nothing of it."""

_SIGNS: Mapping[State, str] = {
    "well": "🟢",
    "untried": "🟢",
    "slow": "🟡",
    "was slow": "🟡",
    "busy": "🟡",
    "spent": "🟡",
    "partly": "🟡",
    "refusing": "🔴",
    "failing": "🔴",
    "failed": "🟡",
    "paused": "🟠",
    "blocked": "🟠",
    "banned": "🔴",
    "off": "⚪️",
}
_STOPPED: frozenset[State] = frozenset({"failing", "paused", "blocked", "banned"})
_HINDERED: frozenset[State] = frozenset({"slow", "busy", "spent", "partly"})
_PAST: frozenset[State] = frozenset({"was slow", "failed"})

_TOPICS: Mapping[Topic, str] = {
    "novels": "Visual novels",
    "anime": "Anime and manga",
    "instead": "Anime and manga",
    "galleries": "Galleries",
    "pictures": "Pictures",
    "discord": "Connection",
    "kept": "Settings and follows",
}
_MEANWHILE: Mapping[Topic, str] = {
    "novels": "What was looked up lately is still shown, up to a week old. Notices come later, and none is lost.",
    "anime": "What was looked up lately is still shown, up to a day old. Notices come later, and none gets lost.",
    "instead": "AniList is asked in its place.",
    "galleries": "Links posted meanwhile may get no card; *Preview links* in a message's menu makes one afterwards.",
    "pictures": "There are no new pictures meanwhile.",
    "discord": "The bot hears of what you do late; what fails may work when you try it again.",
    "kept": "What is kept there can be neither shown nor changed meanwhile.",
}
_UNASKED = "Nobody was answered since. Asking shows how it is now, so waiting is of no use."
_WAITING: Mapping[State, str] = {
    "slow": "Asking again is not faster.",
    "was slow": _UNASKED,
    "failed": _UNASKED,
    "busy": "Waiting helps: it is asked a lot just now.",
    "spent": "Waiting helps: it grants Shiori little time a minute, and its last answers took it long.",
    "partly": "They come back by themselves, so waiting helps.",
    "refusing": "What is kept there can be seen, not changed. Waiting helps; if it lasts, only its host can mend it.",
    "failing": "Each new question tries it again, some seconds apart, so waiting helps.",
    "paused": "Waiting helps.",
    "blocked": "Waiting helps, and nothing else does.",
    "banned": "Only waiting helps.",
    "off": "Waiting changes nothing; its host could.",
}


def render_status(report: Report, *, viewer: Viewer, address: Address) -> Shown:
    """The card; its own `address` leads to how it stands then."""
    told = [line for one in report.conditions for line in _tell(one, report.at_s)]
    lines = ["## Status", _sum_up(report.conditions), "", *told]
    frame = Frame(
        viewer,
        address,
        source=SOURCE,
        notes=[f"As of <t:{report.at_s}:T>"],
        actions=[GoButton(address, asker_id=viewer.asker_id, label="Update", emoji="🔄")],
    )
    return Shown([ui.TextDisplay[Any]("\n".join(lines))], frame)


def _sum_up(conditions: Sequence[Condition]) -> str:
    stopped = [one.service for one in conditions if one.state in _STOPPED]
    hindered = [one.service for one in conditions if one.state in _HINDERED]
    if stopped:
        return f"Not to be had just now: {', '.join(stopped)}."
    if any(one.state == "refusing" for one in conditions):
        return "All can be asked, but nothing can be saved just now."
    if hindered:
        return f"All can be asked, though it takes time: {', '.join(hindered)}."
    known = not any(one.state in _PAST for one in conditions)
    return "All is well." if known else "Nothing is known to be away just now."


def _tell(one: Condition, at_s: int) -> Iterator[str]:
    yield f"{_SIGNS[one.state]} **{_TOPICS[one.topic]}**: {one.service} {_describe(one, at_s)}"
    meanwhile = _MEANWHILE[one.topic] if one.state in _STOPPED or _is_slow_discord(one) else ""
    said = " ".join(filter(None, (meanwhile, _WAITING.get(one.state))))
    if said:
        yield f"-# {said}"


def _is_slow_discord(one: Condition) -> bool:
    return one.topic == "discord" and one.state == "slow"


def _describe(one: Condition, at_s: int) -> str:
    """What it does, as it follows its name."""
    ends, asked = f"<t:{one.until_s}:R>", f"when last asked, <t:{one.asked_s}:R>"
    until = f" until <t:{one.until_s}:t> ({ends})" if one.until_s - at_s >= _SOON_S else f"; that is over {ends}"
    trouble = f"{TROUBLES[one.trouble or 'away']} {asked}."
    return {
        "well": f"answers, mostly within {_format_s(one.took_s)}.",
        "untried": "was not asked lately; no trouble known.",
        "was slow": f"was slow {asked}: an answer mostly took {_format_s(one.took_s)}.",
        "slow": f"is slow: an answer mostly takes {_format_s(one.took_s)}.",
        "busy": f"is asked as much as it allows; a turn comes {format_wait(one.wait_s)}.",
        "spent": f"has no time left for new questions; there is some {format_wait(one.wait_s)}.",
        "partly": "has lost the bot for some servers, which get no answer meanwhile.",
        "refusing": "takes no changes just now.",
        "failing": trouble,
        "failed": trouble,
        "paused": f"asked for a pause{until}.",
        "blocked": f"asked for a pause several times, so it is left alone{until}.",
        "banned": f"has shut Shiori out{until}.",
        "off": "is switched off by whoever hosts this bot.",
    }[one.state]


def _format_s(took_s: float | None) -> str:
    """Seconds as `0.3 s`, or `12 s`; never none at all."""
    shown_s = max(took_s or 0.0, 0.1)
    return f"{shown_s:.1f} s" if shown_s < 9.95 else f"{shown_s:.0f} s"
