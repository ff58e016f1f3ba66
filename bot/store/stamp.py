"""Whether somebody may have written to a file, from what the file system says of it: cheaper than to ask it."""

from __future__ import annotations

from pathlib import Path

_Seen = tuple[tuple[int, int, int] | None, ...]


class Stamp:
    """`url` as `Database` takes it. A server is asked each time."""

    def __init__(self, url: str) -> None:
        path = url.partition(":///")[2] if url.startswith("sqlite") else ""
        self._paths = (Path(path), Path(f"{path}-wal")) if path else ()
        self._seen: _Seen | None = None
        self._is_sure = False

    def may_have_changed(self) -> bool:
        """Whether it may have been written to since this was asked last."""
        if not self._paths:
            return True
        before, self._seen = self._seen, tuple(map(_describe, self._paths))
        # Two changes in one tick of the system's clock look like one: after each it is looked at twice.
        was_sure, self._is_sure = self._is_sure, before == self._seen
        return not (was_sure and self._is_sure)

    def forget(self) -> None:
        """What was seen last could not be read."""
        self._seen = None


def _describe(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
