"""What people are told when the service fails."""

from __future__ import annotations

from bot.playground.service.fault import Fault

_BROKEN = "VNDB answered with an error."
_RUBBISH = "VNDB answered with something Shiori does not understand."

SENTENCES: dict[Fault, str] = {
    "500": _BROKEN,
    "502": _BROKEN,
    "cut": "VNDB broke off before it had answered.",
    "timeout": "VNDB took too long to find an answer, and gave up.",
    "rubbish": _RUBBISH,
    "null": _RUBBISH,
    "huge": _RUBBISH,
    "bomb": _RUBBISH,
    "deep": _RUBBISH,
    "redirect": _RUBBISH,
    "429": "VNDB is being asked more than it allows right now.",
}
