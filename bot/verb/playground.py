"""`python -m bot playground`: a local Discord in the browser."""

from __future__ import annotations

import asyncio

from bot.config import Config
from bot.connection import StartError
from bot.playground.run import run_playground
from bot.verb.call import Call, say


def run(call: Call, config: Config) -> int:
    """Serve its page until it is told to stop. The exit code: 0 it was, 1 it could not."""
    try:
        asyncio.run(run_playground(config, live=call.live, port=call.port, without_token=call.verb == "run"))
    except StartError as error:
        say(str(error))
        return 1
    return 0
