"""The processes of a soak: each is the program as its host starts it, and tells what it holds."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from bot.errors import ServiceError
from bot.http import AiohttpTransport, Request
from tests.soak.live import LIVE_FILE

_ROOT = Path(__file__).parents[2]
_STOP_WITHIN_S = 10.0
"""Docker and many hosts kill what takes longer."""

_UNREACHED, _CONNECTED = b"Discord cannot be reached", b"connected as"
_PORT = re.compile(rb"is told at http://127\.0\.0\.1:(\d+)")
_TASKS = re.compile(rb"^shiori_tasks ([0-9.e+]+)$", re.MULTILINE)


class Quiet(NamedTuple):
    """What a process holds while nobody asks it for anything, and nothing is wrong."""

    at_s: float
    tasks: int
    files: int
    """Sockets among them."""
    memory_mb: float
    """As the system counts it."""
    live_mb: float
    """Of these what the program holds."""


@dataclass
class Running:
    """One process, what was seen of it, and what it logged."""

    process: Process
    log: Path
    since_s: float = field(default_factory=time.monotonic)
    memory: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """Seconds since the start of the soak, MB."""
    quiet: list[Quiet] = field(default_factory=list[Quiet])

    def look(self, at_s: float) -> None:
        """Read its memory. Of a process that has just ended nothing is read."""
        try:
            lines = (self._root / "status").read_text(encoding="ascii").splitlines()
        except OSError:
            return
        self.memory += [(at_s, int(line.split()[1]) / 1024) for line in lines if line.startswith("VmRSS:")]

    async def look_at_rest(self, at_s: float, transport: AiohttpTransport) -> None:
        """Read what it holds, by its own figures and by the system's."""
        port = _PORT.search(self.log.read_bytes())
        if port is None or not self.memory:
            return
        request = Request("the bot", "metrics", "GET", f"http://127.0.0.1:{int(port[1])}/metrics")
        try:
            told = await transport.send(request, timeout_s=5.0, max_body_bytes=1 << 24)
            files = len(list((self._root / "fd").iterdir()))
        except (ServiceError, OSError):
            return
        tasks, live_mb = _TASKS.search(told.body), await self._ask_live_mb()
        if tasks is not None and live_mb is not None:
            self.quiet.append(Quiet(at_s, int(float(tasks[1])), files, self.memory[-1][1], live_mb))

    async def _ask_live_mb(self) -> float | None:
        """What it holds by its own count. None if it has ended."""
        self.live_file.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        for _ in range(100):
            await asyncio.sleep(0.05)
            if self.live_file.exists():
                return int(self.live_file.read_text(encoding="ascii")) / 1e6
        return None

    @property
    def live_file(self) -> Path:
        """Where it writes how many bytes it holds."""
        return self.log.with_suffix(".live")

    def read_tail(self) -> str:
        """The end of what it logged."""
        return self.log.read_bytes()[-600:].decode(errors="replace")

    @property
    def _root(self) -> Path:
        return Path(f"/proc/{self.process.pid}")


class Programs:
    """All processes; `settings`: the environment of each."""

    def __init__(self, settings: list[Mapping[str, str]], folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self.running: list[Running] = []
        self.ended: list[Running] = []
        self.faults: list[str] = []
        """What a process did that it should not: it ended, or it did not end."""
        self.took_s: list[float] = []
        """How long each took to end, politely."""
        self.unreached = 0
        """How often one ended because Discord was away while it started."""
        self._starts = 0
        self._turn = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._settings)

    async def start(self) -> None:
        """Start them all."""
        self.running = [await self._start(number) for number in range(len(self))]

    async def restart(self, number: int, *, kill: bool = False) -> None:
        """End one, politely or not, and start it again."""
        async with self._turn:
            await self._end(self.running[number], kill=kill)
            await self._start_again(number)

    async def stop(self) -> None:
        """End them all, politely."""
        async with self._turn:
            for one in self.running:
                await self._end(one, kill=False)
        self.ended += self.running
        self.running = []

    async def look(self, at_s: float) -> None:
        """Look at each. One that has ended by itself is started again, as a host does."""
        async with self._turn:
            for number, one in enumerate(self.running):
                one.look(at_s)
                if one.process.returncode is not None:
                    self._note_end(one)
                    await self._start_again(number)

    def _note_end(self, one: Running) -> None:
        """One that does not reach Discord when it starts may end, and has to say so."""
        if one.process.returncode == 1 and _UNREACHED in one.log.read_bytes():
            self.unreached += 1
        else:
            self.faults.append(f"a process ended by itself ({one.process.returncode}): … {one.read_tail()}")

    async def _start_again(self, number: int) -> None:
        self.ended.append(self.running[number])
        self.running[number] = await self._start(number)

    async def look_at_rest(self, at_s: float) -> list[Quiet]:
        """Look at each while it is at rest: what it holds then."""
        transport = AiohttpTransport("soak")
        try:
            for one in self.running:
                await one.look_at_rest(at_s, transport)
        finally:
            await transport.close()
        return [one.quiet[-1] for one in self.running if one.quiet]

    async def _start(self, number: int) -> Running:
        self._starts += 1
        log = self._folder / f"{self._starts}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.soak.live"),
                cwd=_ROOT,
                env={**os.environ, **self._settings[number], LIVE_FILE: str(log.with_suffix(".live"))},
                stdin=DEVNULL,
                stdout=output,
                stderr=output,
            )
        return Running(process, log)

    async def _end(self, one: Running, *, kill: bool) -> None:
        if one.process.returncode is not None:
            self._note_end(one)
            return
        began_s = time.monotonic()
        (one.process.kill if kill else one.process.terminate)()
        try:
            async with asyncio.timeout(_STOP_WITHIN_S):
                code = await one.process.wait()
        except TimeoutError:
            self.faults.append(f"a process did not end within {_STOP_WITHIN_S:.0f} s: … {one.read_tail()}")
            one.process.kill()
            await one.process.wait()
            return
        if not kill:
            self.took_s.append(time.monotonic() - began_s)
        is_early = code == -signal.SIGTERM and _CONNECTED not in one.log.read_bytes()  # before it can hear of it
        if not kill and code and not is_early:
            self.faults.append(f"a process ended with {code}")
