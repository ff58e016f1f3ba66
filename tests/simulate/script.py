"""What happens in a simulation: a list of steps, drawn by a seed, and each of them of use without the others."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.service import AnilistSample, Sample

ORDINARY, GROWN_UP = ("general", "general_thread"), ("after_dark", "after_dark_thread", "after_dark_post")
CHANNELS = (*ORDINARY, *GROWN_UP, "voice_after_dark", "dm")
FLAGGED = ("after_dark", "after_dark", "after_dark_forum", "voice_after_dark", "general")
GALLERIES = [int(one) for one in (Sample.PLAIN, Sample.MANGA, Sample.GAME_CG, Sample.NON_H, Sample.UNTAGGED)]
WITHHELD = [int(one) for one in (Sample.WITHHELD_BY_NAMESPACED_TAG, Sample.WITHHELD_NON_H, Sample.WITHHELD_BY_BARE_TAG)]
NOVELS = ("v17", "v2002", "v11")
ANIME = [int(one) for one in (AnilistSample.PLAIN, AnilistSample.WEEKLY, AnilistSample.SEQUEL)]
ADULT_ANIME = [int(one) for one in (AnilistSample.ADULT, AnilistSample.ADULT_UNKNOWN, AnilistSample.ADULT_WEEKLY)]
FOLLOWED = (int(AnilistSample.WEEKLY), int(AnilistSample.LAST_EPISODE_SOON), int(AnilistSample.ADULT_WEEKLY))
_GAPS_S = (0.0, 0.02, 0.05, 0.1, 0.15, 0.25, 0.4, 1.0, 5.0, 20.0)
_FLAG_OF = {
    "after_dark": "after_dark",
    "after_dark_thread": "after_dark",
    "after_dark_post": "after_dark_forum",
    "voice_after_dark": "voice_after_dark",
}
SWITCHES = ("galleries", "vndb", "anime", "adult", "suppress", "notes")
WIRE_FAULTS = ("refused", "taken", "lost", "cut", "throttled", "late", "slow")
SERVICE_FAULTS = {
    "ehentai": ("500", "502", "slow", "hang", "rubbish", "null", "lost", "ban", "html", "empty", "half", "fewer"),
    "vndb": ("500", "502", "timeout", "slow", "hang", "rubbish", "null", "429", "lost"),
    "anilist": ("500", "502", "slow", "hang", "rubbish", "null", "lost", "outage", "busy", "error", "partial", "half"),
}


@dataclass(frozen=True)
class Step:
    """At `at_s` after the bot is there, something is done."""

    at_s: float
    do: str
    args: dict[str, Any] = field(default_factory=dict[str, Any])

    def __str__(self) -> str:
        return f"{self.at_s:8.2f}  {self.do} " + " ".join(f"{name}={value}" for name, value in self.args.items())


@dataclass(frozen=True)
class Script:
    """`theme` says what there is much of, `pace` how many times slower than usual all wires are, `quiet_s` how long
    nothing happens in the end.
    """

    seed: int
    theme: str
    pace: int
    steps: tuple[Step, ...]
    quiet_s: float

    def without(self, start: int, count: int) -> Script:
        return Script(self.seed, self.theme, self.pace, self.steps[:start] + self.steps[start + count :], self.quiet_s)


MOST_STEPS = 22
_THEMES = {
    "previews": {
        "post": 8,
        "edit": 6,
        "delete": 4,
        "flag": 4,
        "wire": 5,
        "remove": 2,
        "kill": 1,
        "lose": 1,
        "embed": 2,
    },
    "settings": {
        "post": 6,
        "setting": 6,
        "edit": 3,
        "flag": 3,
        "not_here": 2,
        "wire": 3,
        "kill": 2,
        "delete": 1,
        "full": 1,
    },
    "services": {"post": 9, "command": 6, "flood": 2, "service": 5, "edit": 2, "kill": 1, "delete": 1},
    "outages": {
        "post": 6,
        "edit": 4,
        "delete": 3,
        "flag": 3,
        "kill": 3,
        "lose": 3,
        "stop": 1,
        "wire": 3,
        "archive": 2,
        "disk": 1,
        "full": 1,
        "bulk": 1,
        "clock": 1,
    },
    "answers": {"command": 8, "flag": 5, "wire": 4, "kill": 2, "lose": 1, "setting": 1, "full": 1},
    "removals": {"post": 7, "remove": 7, "flag": 4, "wire": 4, "kill": 2, "bulk": 1, "edit": 3, "gone": 1},
    "own": {"post": 8, "own": 5, "forget": 2, "wire": 3, "kill": 2, "edit": 2, "delete": 1, "full": 1},
    "follows": {"follow": 5, "air": 7, "kill": 3, "wire": 4, "flag": 2, "lose": 1, "deny": 1, "service": 1, "full": 1},
    "two": {"post": 7, "edit": 4, "delete": 3, "flag": 2, "kill": 2, "start": 2, "wire": 3, "setting": 2, "command": 2},
    "two follow": {"follow": 5, "air": 7, "kill": 3, "start": 3, "wire": 4, "lose": 1, "flag": 1},
}
_BY_TWO = ("previews", "settings", "outages", "answers", "removals", "own")
THEMES = _THEMES | {f"two {name}": _THEMES[name] | {"start": 1} for name in _BY_TWO}


def draw(seed: int, *, most: int = MOST_STEPS) -> Script:
    """The script of a seed, of at most so many steps."""
    rng = random.Random(f"script {seed}")
    theme = rng.choice(list(THEMES))
    weights = THEMES[theme]
    count = rng.randint(4, most)
    # In bursts, since most faults need two things at once.
    at_s, steps = 0.0, list[Step]()
    if theme.startswith("two"):
        steps.append(Step(0.0, "start"))
    labels = 0
    pace, latest = rng.choice((1, 1, 4, 12)), ""
    for _ in range(count):
        at_s += rng.choice(_GAPS_S) * (0.5 + rng.random()) * (pace if rng.random() < 0.5 else 1)
        (do,) = rng.choices(list(weights), list(weights.values()))
        args = _DRAWN[do](rng)
        if do == "post":
            args, latest = {"label": labels, **args}, args["channel"]
            labels += 1
        if do == "flag" and rng.random() < 0.7:
            args["channel"] = _FLAG_OF.get(latest, args["channel"])
        if theme.endswith("own") and do == "post" and rng.random() < 0.7:
            args["channel"] = "dm"
        if theme.endswith("answers") and do == "command":
            args |= {"channel": latest or "after_dark", "what": "gallery preview"}
        if "to" in args:
            args["to"] = max(0, labels - 1 - int(rng.random() ** 2 * 4))
        steps.append(Step(round(at_s, 3), do, args))
    return Script(seed, theme, pace, tuple(steps), 1500.0 if "follow" in theme else 420.0)


def _draw_text(rng: random.Random) -> list[str]:
    """The links of a message, most often one."""
    kinds = rng.choices(
        ("gallery", "withheld", "vn", "anime", "adult", "none"), (10, 1, 4, 3, 2, 1), k=rng.choice((1, 1, 1, 2, 3))
    )
    found: list[str] = []
    for kind in kinds:
        if kind == "gallery":
            found.append(f"g{rng.choice(GALLERIES) if rng.random() < 0.7 else int(Sample.FILLER) + rng.randrange(40)}")
        elif kind == "withheld":
            found.append(f"g{rng.choice(WITHHELD)}")
        elif kind == "vn":
            found.append(rng.choice(NOVELS))
        elif kind == "anime":
            found.append(f"a{rng.choice(ANIME)}")
        elif kind == "adult":
            found.append(f"a{rng.choice(ADULT_ANIME)}")
    return found


def _draw_channel(rng: random.Random) -> str:
    return rng.choice(GROWN_UP) if rng.random() < 0.6 else rng.choice(CHANNELS)


def _draw_post(rng: random.Random) -> dict[str, Any]:
    return {
        "channel": _draw_channel(rng),
        "links": _draw_text(rng),
        "by": rng.choice(("reader", "reader", "moderator")),
    }


def _draw_setting(rng: random.Random) -> dict[str, Any]:
    level = rng.choice(("server", "channel"))
    name = rng.choice(SWITCHES)
    value = rng.choice(("on", "off", "inherit") if level == "channel" else ("on", "off"))
    return {"level": level, "channel": rng.choice(("after_dark", "general")), "name": name, "value": value}


def _draw_wire(rng: random.Random) -> dict[str, Any]:
    method = rng.choice(("POST", "POST", "PATCH", "DELETE", "GET", None))
    return {
        "how": rng.choice(WIRE_FAULTS),
        "count": rng.choice((1, 1, 1, 2, 6)),
        "method": method,
        "late_s": round(rng.choice((0.5, 3.0, 12.0, 70.0)) * (0.5 + rng.random()), 1),
    }


def _draw_service(rng: random.Random) -> dict[str, Any]:
    name = rng.choice(list(SERVICE_FAULTS))
    return {"name": name, "fault": rng.choice(SERVICE_FAULTS[name]), "for_s": rng.choice((0.5, 3.0, 20.0, 90.0))}


def _draw_kill(rng: random.Random) -> dict[str, Any]:
    return {
        "which": rng.randrange(2),
        "after": rng.choice((0, rng.randrange(6), rng.randrange(60))),
        "down_s": rng.choice((0.1, 2.0, 30.0)),
        "when_sending": rng.random() < 0.4,
    }


_DRAWN: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "post": _draw_post,
    "edit": lambda rng: {"to": 0, "links": _draw_text(rng)},
    "delete": lambda _: {"to": 0},
    "embed": lambda _: {"to": 0},
    "remove": lambda rng: {"to": 0, "by": rng.choice(("reader", "moderator"))},
    "not_here": lambda _: {"to": 0},
    "flag": lambda rng: {"channel": rng.choice(FLAGGED), "nsfw": rng.random() < 0.4},
    "archive": lambda rng: {
        "channel": rng.choice(("after_dark_thread", "after_dark_post")),
        "archived": rng.random() < 0.6,
    },
    "setting": _draw_setting,
    "wire": _draw_wire,
    "service": _draw_service,
    "kill": _draw_kill,
    "stop": lambda rng: {"which": rng.randrange(2), "down_s": rng.choice((0.1, 5.0))},
    "start": lambda _: {},
    "lose": lambda rng: {
        "which": rng.randrange(2),
        "for_s": rng.choice((0.5, 5.0, 40.0)),
        "resumes": rng.random() < 0.6,
    },
    "bulk": lambda rng: {"count": rng.randint(2, 6)},
    "gone": lambda rng: {"channel": rng.choice(("after_dark_thread", "after_dark_post", "general_thread"))},
    "own": lambda rng: {
        "name": rng.choice(("dm_galleries", "dm_galleries", "previews")),
        "value": rng.choice(("on", "on", "off")),
    },
    "forget": lambda _: {},
    "full": lambda rng: {"count": rng.choice((1, 2, 8)), "for_s": rng.choice((0.3, 3.0, 30.0))},
    "clock": lambda rng: {"back_s": rng.choice((5.0, 90.0, 3700.0))},
    "disk": lambda rng: {"for_s": rng.choice((1.0, 4.0, 12.0))},
    "command": lambda rng: {
        "channel": rng.choice(("general", "after_dark", "dm")),
        "what": rng.choice(("vn info", "anime info", "gallery preview")),
        "by": rng.choice(("reader", "moderator")),
        "number": rng.randrange(40),
    },
    "flood": lambda rng: {"count": rng.randint(6, 14), "every_s": rng.choice((0.12, 0.4))},
    "follow": lambda rng: {
        "channel": rng.choice(("general", "after_dark", "general_thread")),
        "work": rng.choice(FOLLOWED),
    },
    "air": lambda rng: {"work": rng.choice(FOLLOWED), "in_s": rng.choice((5, 40, 200))},
    "deny": lambda rng: {"channel": rng.choice(("general", "after_dark")), "for_s": rng.choice((5.0, 60.0))},
}
