"""Whom people looked up before, for suggestions: each sees their own alone, and nothing of it is stored."""

from __future__ import annotations

from collections import OrderedDict

from bot.service.suggest import fold

MAX_ASKERS = 1000
MAX_NAMES = 10


class Seen:
    """The names that each asker looked up last, of one service."""

    def __init__(self) -> None:
        self._names: OrderedDict[int, OrderedDict[str, None]] = OrderedDict()

    def note(self, asker_id: int, name: str) -> None:
        """Keep a name that was found."""
        names = self._names.setdefault(asker_id, OrderedDict())
        names[name] = None
        names.move_to_end(name)
        self._names.move_to_end(asker_id)
        if len(names) > MAX_NAMES:
            names.popitem(last=False)
        if len(self._names) > MAX_ASKERS:
            self._names.popitem(last=False)

    def suggest(self, asker_id: int, text: str) -> list[str]:
        """Those of the asker's names that hold `text`, the latest first."""
        wanted = fold(text)
        return [name for name in reversed(self._names.get(asker_id, OrderedDict())) if wanted in fold(name)]

    def person_changed(self, user_id: int) -> None:
        """Nothing hangs on what somebody chose."""

    async def person_leaves(self, user_id: int) -> int:
        """Forget whom they looked up. No record of it is stored: none is counted."""
        self._names.pop(user_id, None)
        return 0
