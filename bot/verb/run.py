"""`python -m bot`: connects to Discord and serves; at a terminal and without a token, the playground.

Told to stop, it ends within ten seconds, since hosts kill what does not. Each step has a time of its own, which it
takes only where something says nothing any more: those who have just asked are answered (3 s,
`bot/interaction/reply.py`), what works in the background stops (2 s, `bot/client.py`), the gateway is closed (1 s,
`bot/gateway/connected.py`), who looks from outside is answered (1 s, `bot/watch/server.py`), what processes share is
left (1 s, `bot/redis/`). All that is asked of the database from the second step on has 2.5 s together, and then a
second to close (`bot/store/database.py`). Should that not do, as where a thread waits for a disk, for whoever has a
file locked or for a name to be found, what is left is said, and it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
import os
import signal
import sys
import threading

from bot import PROGRAM
from bot.config import Config
from bot.log import blot_out
from bot.verb.call import Call, is_watched, say

log = logging.getLogger(__name__)

END_WITHIN_S = 9.5
"""Docker gives ten."""

_M_MMAP_THRESHOLD = -3
_LARGE_BYTES = 64 * 1024


def run(call: Call, config: Config) -> int:
    """Serve until it is told to stop. The exit code: 0 it was, 1 it could not, 2 waiting does not mend that."""
    if not config.discord_token:
        if is_watched():
            from bot.verb.playground import run as run_playground  # noqa: PLC0415 - a bot that serves holds none

            return run_playground(call, config)
        say(
            f"Configuration: DISCORD_TOKEN is not set (developer portal, Bot, Reset Token; `{PROGRAM} setup` takes "
            f"it), and nobody sits at a terminal to use the playground. To open it all the same: {PROGRAM} playground"
        )
        return 2
    # While it is imported, as Ctrl+C does. Process 1, as in a container, would pass over what has no handler.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    give_large_blocks_back()
    gc.disable()  # what is imported stays, and is not looked through for garbage again and again while servers come
    from bot.app import run_bot  # noqa: PLC0415 - nor is discord.py needed to say the above
    from bot.connection import HopelessStartError, StartError  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    try:
        asyncio.run(run_bot(config, on_stop=see_to_the_end))
    except StartError as error:
        say(blot_out(str(error), config.secrets))
        return 2 if isinstance(error, HopelessStartError) else 1  # the unit of systemd starts it again after 1 alone
    return 0


def give_large_blocks_back() -> None:
    """Have glibc give what is large back to the system each time. By itself it keeps room for the largest so far among
    what is small, and once something small lies there for another one: an answer of megabytes stayed as 5 MB.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another library
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


def see_to_the_end(within_s: float = END_WITHIN_S) -> None:
    """End the process after that time, should it not end by itself."""
    timer = threading.Timer(within_s, _give_up, [asyncio.get_running_loop(), within_s])
    timer.daemon = True
    timer.start()


def _give_up(loop: asyncio.AbstractEventLoop, within_s: float) -> None:
    """Nothing that was acknowledged is lost: the bot may be killed at any time."""
    tasks: set[asyncio.Task[object]] = set() if loop.is_closed() else asyncio.all_tasks(loop)
    left = [f"{task.get_name()} ({getattr(task.get_coro(), '__qualname__', '?')})" for task in tasks]
    left += [thread.name for thread in threading.enumerate()]
    log.critical("The bot did not end by itself within %.1f s. What was left: %s", within_s, ", ".join(left))
    sys.stderr.flush()
    os._exit(1)
