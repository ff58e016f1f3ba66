"""A process of the bot: started, stopped, killed."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from bot.app import Outside, build_bot
from bot.client import Shiori
from bot.config import Config
from bot.connection import StartError, connect
from tests.simulate.gateway import Session
from tests.simulate.loop import OWNER, Loop, Owner


class Process(Owner):
    """One process. `on_failure` is told of what ended it by itself."""

    def __init__(
        self,
        number: int,
        loop: Loop,
        session: Session,
        config: Config,
        outside: Outside,
        on_failure: Callable[[str], object],
    ) -> None:
        super().__init__()
        self.number = number
        self.session = session
        self.gave_up = False
        """Whether it ended since Discord was out of reach: its host starts it anew."""
        self.is_replaced = False
        """Whether another was started in its place."""
        self.shiori: Shiori | None = None
        self.known_nsfw: dict[str, bool] = {}
        """What Discord has told it of its channels."""
        self._loop = loop
        self._config = config
        self._outside = outside
        self._on_failure = on_failure
        self._stop = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        session.told.append(self._hear)

    def start(self) -> None:
        context = copy_context()
        context.run(OWNER.set, self)
        self.task = self._loop.create_task(self._serve(), context=context)

    def stop(self) -> None:
        """Ask it to end as a host does."""
        self._stop.set()

    @property
    def is_ready(self) -> bool:
        return self.shiori is not None and not self.is_dead and not self._stop.is_set() and self.shiori.is_ready()

    async def _serve(self) -> None:
        try:
            async with build_bot(self._config, outside=self._outside) as shiori:
                self.shiori = shiori
                serving = self._loop.create_task(connect(shiori, self._config))
                stop = self._loop.create_task(self._stop.wait())
                await asyncio.wait({serving, stop}, return_when=asyncio.FIRST_COMPLETED)
                if not serving.done():
                    await shiori.close()
                stop.cancel()
                await serving
        except StartError as error:
            self._loop.note(f"process {self.number}: {error}")
            self.gave_up = True
        except Exception as error:  # noqa: BLE001 - whatever ends a process is a finding
            self._on_failure("".join(traceback.format_exception(error)))
        finally:
            self.session.is_remembered = False

    def _hear(self, name: str, payload: dict[str, Any]) -> None:
        if name == "GUILD_CREATE":
            for channel in payload["channels"]:
                self.known_nsfw[channel["id"]] = bool(channel.get("nsfw"))
        elif name in ("CHANNEL_UPDATE", "CHANNEL_CREATE"):
            self.known_nsfw[payload["id"]] = bool(payload.get("nsfw"))
