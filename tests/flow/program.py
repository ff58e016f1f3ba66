"""The program itself on the local Discord, for tests that kill it."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process

from tests.flow.conftest import Place
from tests.support.connected import until


async def start_program(place: Place, **variables: str) -> Process:
    """Start it as its host does, and wait until it is connected."""
    place.world.bot_connected = False
    addresses = {name.upper(): url for name, url in place.services.api_urls.items()}
    config = place.build_config()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot"),
        env={
            **os.environ,
            **addresses,
            "DISCORD_TOKEN": config.discord_token,
            "DISCORD_API_URL": config.discord_api_url,
            "DISCORD_GATEWAY_URL": config.discord_gateway_url,
            "DATA_DIR": str(config.data_dir),
            **variables,
        },
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    await until(lambda: place.world.bot_connected and place.world.commands)
    return process
