"""Runs a script, and tells what came of it."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

from bot.http import SystemClock
from bot.store.store import open_store
from tests.simulate.act import Play
from tests.simulate.judge import Judge
from tests.simulate.loop import OWNER, Loop, Stuck, running
from tests.simulate.script import MOST_STEPS, Script, draw
from tests.simulate.universe import Universe, replaced

_COLLECT_EACH = 10


@dataclass(frozen=True)
class Outcome:
    """What a simulation showed. `failures` are sentences, the first one the earliest."""

    script: Script
    failures: tuple[str, ...]
    trace: str
    simulated_s: float
    took_s: float
    log: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What failed first, without its numbers: whether two runs fail alike."""
        return "".join(one for one in self.failures[0][11:90] if not one.isdigit()) if self.failures else ""


class _Log(logging.Handler):
    """An error in the log is a failure; all else is kept for whoever looks into one."""

    def __init__(self, universe: Universe, *, keep: bool) -> None:
        super().__init__(logging.INFO if keep else logging.ERROR)
        self._universe = universe
        universe.loop.told = [] if keep else None

    def emit(self, record: logging.LogRecord) -> None:
        owner = OWNER.get()
        number = getattr(owner, "number", "-")
        text = f"{self._universe.loop.time():9.3f} p{number} {record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[1]:
            text += "\n" + "".join(traceback.format_exception(record.exc_info[1]))
        if self._universe.loop.told is not None:
            self._universe.loop.told.append(text)
        if record.levelno >= logging.ERROR and not _is_expected(record.getMessage()):
            self._universe.fail(f"logged: {text}")


def _is_expected(text: str) -> bool:
    return text.startswith(("Discord refused the answer: 5", "Discord refused the answer: 429")) or "502" in text


class Place:
    """Where simulations run: a folder in memory with a database that nobody has used."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)  # noqa: S108
        self.folder = Path(self._folder.name)
        self.new_database = self.folder / "new.db"
        asyncio.run(self._make())
        # Whoever died says nothing when it is let go of, and is let go of between two runs.
        sys.unraisablehook = lambda _: None
        warnings.simplefilter("ignore")
        gc.disable()
        self._count = 0
        self.run(Script(0, "none", 1, (), 1.0))  # the commands are told once
        gc.collect()
        gc.freeze()

    async def _make(self) -> None:
        await (await open_store(f"sqlite:///{self.new_database}", clock=SystemClock())).close()

    def close(self) -> None:
        self._folder.cleanup()

    def run_seed(self, seed: int, *, keep_log: bool = False, steps: int = MOST_STEPS) -> Outcome:
        return self.run(draw(seed, most=steps), keep_log=keep_log)

    def run(self, script: Script, *, keep_log: bool = False) -> Outcome:
        """Run a script from its beginning to its end."""
        outcome = self._run(script, keep_log=keep_log)
        self._count += 1
        if self._count % _COLLECT_EACH == 0:
            gc.collect()
        logging.disable(logging.NOTSET)
        return outcome

    def _run(self, script: Script, *, keep_log: bool) -> Outcome:
        """Nothing is logged after it: whoever died would complain when it is let go of."""
        began_s = time.process_time()
        loop = Loop(script.seed, shuffles=script.seed % 2 == 1)
        with running(loop):
            has_two = script.theme.startswith("two")
            universe = Universe(script.seed, loop, self.folder, self.new_database, has_two=has_two)
            universe.wire.pace = universe.service_wire.pace = universe.disk.pace = script.pace
            with replaced(universe, has_two=has_two, follows="follow" in script.theme):
                log = _Log(universe, keep=keep_log)
                root = logging.getLogger()
                root.addHandler(log)
                level = root.level
                root.setLevel(log.level)
                try:
                    self._play(universe, script)
                finally:
                    root.removeHandler(log)
                    root.setLevel(level)
            logging.disable()
            universe.close()
            failures, lines = tuple(universe.failures), tuple(loop.told or ())
        loop.end()
        for process in universe.processes:
            loop.lay_to_rest(process)
        took_s = time.process_time() - began_s
        return Outcome(script, failures, loop.trace, loop.time(), took_s, lines)

    def _play(self, universe: Universe, script: Script) -> None:
        play = Play(universe, script)
        judge = Judge(play)

        async def act() -> None:
            await play.run()
            judge.judge_quiet()
            await play.end()
            judge.judge_end()

        try:
            universe.loop.run_until_complete(universe.loop.create_task(act()))
        except Stuck:
            universe.fail("nothing is left that could ever run")


def run_seeds(seeds: range, steps: int) -> list[Outcome]:
    """What each of them shows."""
    place = Place()
    try:
        return [place.run_seed(seed, steps=steps) for seed in seeds]
    finally:
        place.close()
