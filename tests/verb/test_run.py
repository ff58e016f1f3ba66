"""The program's process: its end, where something hangs that nothing can end, and its memory."""

from __future__ import annotations

import platform
import subprocess
import sys

_HANGS = """
import asyncio, logging, time
from bot.verb.run import see_to_the_end

async def main():
    see_to_the_end(within_s=0.2)
    asyncio.get_running_loop().run_in_executor(None, time.sleep, 60)  # as who asks for an address that nobody knows

logging.basicConfig()
asyncio.run(main())
"""

_LARGE = """
import sys
from pathlib import Path
from bot.verb.run import give_large_blocks_back

def read():
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * 4096 if statm.exists() else 0

if sys.argv[1] == "given back":
    give_large_blocks_back()
before, kept = read(), []
for _ in range(3):
    large = bytearray(8 << 20)
    kept.append(bytes(2000))  # lies behind it, if they are put together
    del large
print(read() - before)
"""


def test_a_thread_that_hangs_is_named_and_does_not_hold_the_end_up() -> None:
    ended = subprocess.run([sys.executable, "-c", _HANGS], capture_output=True, timeout=30, text=True, check=False)
    assert ended.returncode == 1
    assert "did not end by itself within 0.2 s. What was left: " in ended.stderr
    assert "asyncio_0" in ended.stderr and "Traceback" not in ended.stderr


def test_what_is_large_is_given_back_to_the_system() -> None:
    def measure(how: str) -> int:
        asked = [sys.executable, "-c", _LARGE, how]
        return int(subprocess.run(asked, capture_output=True, timeout=30, check=True).stdout)

    assert measure("given back") < 2 << 20
    if platform.libc_ver()[0] == "glibc":
        assert measure("kept") > 7 << 20
