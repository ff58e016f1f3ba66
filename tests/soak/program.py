"""The processes of a soak: each is the program as its host starts it."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_STOP_WITHIN_S = 20.0


@dataclass
class Running:
    """One process, what was seen of it, and what it logged."""

    process: Process
    log: Path
    since_s: float = field(default_factory=time.monotonic)
    memory: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """Seconds since the start of the soak, MB."""
    files: list[int] = field(default_factory=list[int])
    """How many files and sockets it had open each time."""

    def look(self, at_s: float) -> None:
        """Read its memory and how many files it has open. Of a process that has just ended nothing is read."""
        root = Path(f"/proc/{self.process.pid}")
        try:
            lines = (root / "status").read_text(encoding="ascii").splitlines()
            self.memory += [(at_s, int(line.split()[1]) / 1024) for line in lines if line.startswith("VmRSS:")]
            self.files.append(len(list((root / "fd").iterdir())))
        except OSError:
            return


class Programs:
    """All processes; `settings`: the environment of each."""

    def __init__(self, settings: list[Mapping[str, str]], folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self.running: list[Running] = []
        self.ended: list[Running] = []
        self.faults: list[str] = []
        """What a process did that it should not: it ended, or it did not end."""
        self._starts = 0

    def __len__(self) -> int:
        return len(self._settings)

    async def start(self) -> None:
        """Start them all."""
        self.running = [await self._start(number) for number in range(len(self))]

    async def restart(self, number: int, *, kill: bool = False) -> None:
        """End one, politely or not, and start it again."""
        await self._end(self.running[number], kill=kill)
        self.ended.append(self.running[number])
        self.running[number] = await self._start(number)

    async def stop(self) -> None:
        """End them all, politely."""
        for one in self.running:
            await self._end(one, kill=False)
        self.ended += self.running
        self.running = []

    def look(self, at_s: float) -> None:
        """Look at each; notice which has ended by itself."""
        for one in self.running:
            one.look(at_s)
            if one.process.returncode is not None:
                self.faults.append(f"a process ended by itself ({one.process.returncode})")

    async def _start(self, number: int) -> Running:
        self._starts += 1
        log = self._folder / f"{self._starts}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot"),
                cwd=_ROOT,
                env={**os.environ, **self._settings[number]},
                stdin=DEVNULL,
                stdout=output,
                stderr=output,
            )
        return Running(process, log)

    async def _end(self, one: Running, *, kill: bool) -> None:
        if one.process.returncode is None:
            (one.process.kill if kill else one.process.terminate)()
        try:
            async with asyncio.timeout(_STOP_WITHIN_S):
                code = await one.process.wait()
        except TimeoutError:
            tail = one.log.read_bytes()[-600:].decode(errors="replace")
            self.faults.append(f"a process did not end within {_STOP_WITHIN_S:.0f} s: … {tail}")
            one.process.kill()
            await one.process.wait()
            return
        if not kill and code:
            self.faults.append(f"a process ended with {code}")
