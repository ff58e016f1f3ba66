"""`python -m tests.soak.live`: the program as its host starts it; on SIGUSR1 it writes to a file what it holds.

The system counts what the allocators keep for later as well, in steps of many megabytes: most of the difference between
two hours. What would grow for ever is what is held.
"""

from __future__ import annotations

import ctypes
import gc
import os
import re
import runpy
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

LIVE_FILE = "SOAK_LIVE_FILE"
"""The environment's name of the file: bytes, as a decimal number."""
_BLOCKS = re.compile(r"^# bytes in allocated blocks += +([0-9,]+)$", re.MULTILINE)
_TOTALS = re.compile(r'^<(?:total type="(fast|rest|mmap)"|system type="(current)").* size="(\d+)"/>$', re.MULTILINE)
_LIBC = ctypes.CDLL(None)


def count_live_bytes() -> int:
    """What Python's objects and the libraries in C hold, after a collection."""
    gc.collect()
    return _count_small_objects() + _count_allocated()


def _count_small_objects() -> int:
    """Python has small objects in arenas of its own, and tells of them by a table on the error stream alone."""
    blocks = _BLOCKS.search(_read_from(2, sys._debugmallocstats))  # pyright: ignore[reportPrivateUsage]
    if blocks is None:
        raise RuntimeError("Python's table of allocations has another form")
    return int(blocks[1].replace(",", ""))


def _count_allocated() -> int:
    """What was got by malloc and not given back, in the arenas of all threads. Of glibc."""
    _LIBC.fflush(None)
    stream = ctypes.c_void_p.in_dll(_LIBC, "stdout")
    told = _read_from(1, lambda: (_LIBC.malloc_info(0, stream), _LIBC.fflush(stream)))
    # The arenas stand before their sum, which is the last of each.
    sizes = {kind or system: int(size) for kind, system, size in _TOTALS.findall(told)}
    return sizes["current"] - sizes["fast"] - sizes["rest"] + sizes["mmap"]


def _read_from(descriptor: int, write: Callable[[], object]) -> str:
    """What is written to this standard stream meanwhile."""
    kept = os.dup(descriptor)
    try:
        with tempfile.TemporaryFile() as written:
            os.dup2(written.fileno(), descriptor)
            try:
                write()
            finally:
                os.dup2(kept, descriptor)
            written.seek(0)
            return written.read().decode(errors="replace")  # and what another thread wrote just then
    finally:
        os.close(kept)


def _write(*_: object) -> None:
    path = Path(os.environ[LIVE_FILE])
    written = path.with_suffix(".new")
    written.write_text(str(count_live_bytes()), encoding="ascii")
    written.replace(path)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _write)
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
