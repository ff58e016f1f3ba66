"""`python -m tests.mutants`: puts small faults into the code, one at a time, and counts those that the tests notice.

Each fault is tried in a process of its own, forked from one that has the libraries imported already.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutants.child import run_tests
from tests.mutants.equivalent import EQUIVALENT
from tests.mutants.mutation import Mutant, list_mutants
from tests.mutants.target import TARGETS

ROOT = Path(__file__).resolve().parents[2]
GOAL = 0.92
_PATIENCE = 4.0
_AT_LEAST_S = 20.0


@dataclass(slots=True)
class Trial:
    """A fault that is being tried: None stands for the code as it is."""

    mutant: Mutant | None
    path: str
    pidfd: int
    pid: int
    started: float = field(default_factory=time.monotonic)


def main() -> int:
    options = _read_options()
    paths = options.paths or list(TARGETS)
    if unknown := [path for path in paths if path not in TARGETS or not (ROOT / path).is_file()]:
        sys.exit(f"no such file, or not in the table of tests/mutants/target.py: {' '.join(unknown)}")
    mutants = _choose(options.sample, options.seed, paths)
    usual_s = _time_usual([mutant.path for mutant in mutants])
    survivors = _try_all(mutants, usual_s, options.processes)
    return _report(mutants, survivors)


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("paths", nargs="*", help="files to put faults into; all of the table if left out")
    parser.add_argument("--sample", type=int, default=10, help="how many faults a file, at most")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many at a time")
    return parser.parse_args()


def _choose(sample: int, seed: int, paths: Sequence[str]) -> list[Mutant]:
    """A seeded sample of each file's faults, but for those that are known to change nothing."""
    found = {path: list_mutants(ROOT / path, ROOT) for path in paths}
    gone = [
        f"{path}\t{name}"
        for path, mutants in found.items()
        for name in EQUIVALENT.get(path, {}).keys() - {mutant.name for mutant in mutants}
    ]
    if gone:
        sys.exit("listed as equivalent, and there no more:\n" + "\n".join(gone))
    chosen: list[Mutant] = []
    for path, mutants in found.items():
        counted = [mutant for mutant in mutants if mutant.name not in EQUIVALENT.get(path, {})]
        chosen += random.Random(seed).sample(counted, min(sample, len(counted)))
    return chosen


def _time_usual(paths: Sequence[str]) -> dict[str, float]:
    """How long the tests of each file take without a fault. Files with the same tests are timed once."""
    took_s: dict[tuple[str, ...], float] = {}
    for path in paths:
        tests = tuple(TARGETS[path])
        if tests in took_s:
            continue
        trial = _start(path, None)
        _, status = os.waitpid(trial.pid, 0)
        os.close(trial.pidfd)
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"the tests of {path} fail as they are: {' '.join(tests)}")
        took_s[tests] = time.monotonic() - trial.started
    return {path: took_s[tuple(TARGETS[path])] for path in paths}


def _try_all(mutants: Sequence[Mutant], usual_s: dict[str, float], processes: int) -> list[Mutant]:
    waiting = list(reversed(mutants))
    running: list[Trial] = []
    survivors: list[Mutant] = []
    done = 0
    while waiting or running:
        while waiting and len(running) < processes:
            mutant = waiting.pop()
            running.append(_start(mutant.path, mutant))
        select.select([trial.pidfd for trial in running], [], [], 1.0)
        for trial in list(running):
            code = _poll(trial, limit_s=max(_AT_LEAST_S, _PATIENCE * usual_s[trial.path]))
            if code is None or trial.mutant is None:
                continue
            running.remove(trial)
            os.close(trial.pidfd)
            done += 1
            if code == 0:
                survivors.append(trial.mutant)
                print(f"survived: {trial.path}\t{trial.mutant.name}", flush=True)
            if done % 50 == 0:
                print(f"{done} of {len(mutants)}, {len(survivors)} survived", flush=True)
    return survivors


def _start(path: str, mutant: Mutant | None) -> Trial:
    source = mutant.build_source() if mutant else None
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        run_tests(ROOT, path, source, TARGETS[path])
    return Trial(mutant, path, os.pidfd_open(pid), pid)


def _poll(trial: Trial, *, limit_s: float) -> int | None:
    """The exit code, if there is one by now. One that takes far too long is stopped: that was noticed."""
    pid, status = os.waitpid(trial.pid, os.WNOHANG)
    if pid:
        return os.waitstatus_to_exitcode(status)
    if time.monotonic() - trial.started < limit_s:
        return None
    os.killpg(trial.pid, signal.SIGKILL)
    os.waitpid(trial.pid, 0)
    return 1


def _report(mutants: Sequence[Mutant], survivors: Sequence[Mutant]) -> int:
    for path in dict.fromkeys(mutant.path for mutant in mutants):
        tried = sum(mutant.path == path for mutant in mutants)
        lived = sum(mutant.path == path for mutant in survivors)
        print(f"{path:32} {tried - lived:4} of {tried}")
    share = 1 - len(survivors) / len(mutants) if mutants else 0.0
    print(f"noticed: {len(mutants) - len(survivors)} of {len(mutants)} ({share:.1%}); the goal is {GOAL:.0%}")
    return 0 if share >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
