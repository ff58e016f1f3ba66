"""`make simulate`: the whole bot below discord.py in virtual time, a seed at a time.

`--seeds 10000 --jobs 2`: so many, on so many processors. `--seed 7`: that one, with its script, and with `-v` all that
was said. `--steps 10`: shorter scripts, which are others. `--stories`: what was found once. `--planted`:
faults that are put in, and by which seed each is found. What fails is run again, which has to give the same, and made
as short as it can be.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context

if os.environ.get("PYTHONHASHSEED") != "0":
    # The order of a set would be chance, else.
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable, "-m", "tests.simulate", *sys.argv[1:]])  # noqa: S606

from tests.simulate.planted import FAULTS, find_fault
from tests.simulate.run import Outcome, Place, run_seeds
from tests.simulate.script import MOST_STEPS
from tests.simulate.shrink import shrink
from tests.simulate.story import STORIES

_AT_ONCE = 25
_SHRUNK_AT_MOST = 5


def _run_all(first: int, count: int, jobs: int, steps: int) -> Iterator[Outcome]:
    if jobs == 1:
        place = Place()
        for seed in range(first, first + count):
            yield place.run_seed(seed, steps=steps)
        place.close()
        return
    parts = [range(start, min(start + _AT_ONCE, first + count)) for start in range(first, first + count, _AT_ONCE)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for outcomes in pool.map(partial(run_seeds, steps=steps), parts):
            yield from outcomes


def _explain(place: Place, failed: Outcome, *, shrinks: bool) -> None:
    seed = failed.script.seed
    print(f"\nseed {seed} ({failed.script.theme}):")
    for failure in failed.failures[:5]:
        print(f"  {failure}")
    again = place.run(failed.script)
    if again.trace != failed.trace:
        print(f"  run again it was another: {failed.trace}, {again.trace}")
    shown = shrink(failed, place.run) if shrinks else failed
    print(f"  the shortest script of {len(shown.script.steps)} steps (of {len(failed.script.steps)}):")
    for step in shown.script.steps:
        print(f"    {step}")


def _simulate(first: int, count: int, jobs: int, steps: int) -> int:
    began_s, failed, simulated_s = time.monotonic(), list[Outcome](), 0.0
    for outcome in _run_all(first, count, jobs, steps):
        simulated_s += outcome.simulated_s
        if outcome.failures:
            failed.append(replace(outcome, log=()))
            print(f"seed {outcome.script.seed}: {outcome.failures[0]}", flush=True)
    took_s = time.monotonic() - began_s
    hours = simulated_s / 3600
    speed = f"{hours:.1f} simulated hours in {took_s:.1f} s: {hours / took_s:.2f} a second"
    print(f"{count} seeds, {len(failed)} failed; {speed}")
    if failed:
        place = Place()
        for one in failed[:_SHRUNK_AT_MOST]:
            _explain(place, one, shrinks=True)
        place.close()
    return 1 if failed else 0


def _show(place: Place, seed: int, steps: int, *, verbose: bool) -> int:
    outcome = place.run_seed(seed, keep_log=verbose, steps=steps)
    print(f"{outcome.script.theme}, {outcome.simulated_s:.0f} s simulated, trace {outcome.trace}")
    for line in (*map(str, outcome.script.steps), *outcome.log, *(f"FAILED {one}" for one in outcome.failures)):
        print(line)
    return 1 if outcome.failures else 0


def _tell_stories() -> int:
    failed = 0
    place = Place()
    for name, script in STORIES.items():
        outcome = place.run(script)
        failed += bool(outcome.failures)
        for failure in outcome.failures:
            print(f"{name}: {failure}")
    place.close()
    print(f"{len(STORIES)} stories, {failed} failed")
    return 1 if failed else 0


def _plant(at_most: int) -> int:
    missed = 0
    place = Place()
    for fault in FAULTS:
        found = find_fault(place, fault, at_most=at_most)
        print(
            f"{fault.name}: " + (f"seed {found.script.seed}: {found.failures[0]}" if found else "NOT FOUND"), flush=True
        )
        missed += found is None
    place.close()
    return 1 if missed else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, nargs="+")
    parser.add_argument("--steps", type=int, default=MOST_STEPS)
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--stories", action="store_true")
    given = parser.parse_args()
    if given.seed:
        place = Place()
        shown = [_show(place, seed, given.steps, verbose=given.verbose) for seed in given.seed]
        place.close()
        return max(shown)
    if given.stories:
        return _tell_stories()
    if given.planted:
        return _plant(given.seeds)
    return _simulate(given.first, given.seeds, given.jobs, given.steps)


if __name__ == "__main__":
    sys.exit(main())
