"""The end of the program, where something hangs that nothing can end."""

from __future__ import annotations

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


def test_a_thread_that_hangs_is_named_and_does_not_hold_the_end_up() -> None:
    ended = subprocess.run([sys.executable, "-c", _HANGS], capture_output=True, timeout=30, text=True, check=False)
    assert ended.returncode == 1
    assert "did not end by itself within 0.2 s. What was left: " in ended.stderr
    assert "asyncio_0" in ended.stderr and "Traceback" not in ended.stderr
