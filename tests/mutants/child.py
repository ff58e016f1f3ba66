"""The process in which a fault is tried."""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

# What the tests import, so that no child has to.
import aiocache
import aiohttp
import alembic
import hypothesis
import PIL.Image
import pytest
from discord import app_commands
from sqlalchemy.ext import asyncio as sqlalchemy_asyncio

_WARM = (aiocache, aiohttp, alembic, app_commands, hypothesis, PIL.Image, sqlalchemy_asyncio)


class _Faulty(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a text in place of its file."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name = name
        self._path = path
        self._source = source

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, str(self._path), "exec"), module.__dict__)  # noqa: S102 - that is what it is for


def run_tests(root: Path, path: str, source: str | None, tests: Sequence[str]) -> None:
    """Runs the tests with that text in place of the module, and ends the process: 0 if they noticed nothing."""
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2) if source is not None else (0,):
        os.dup2(quiet, stream)
    os.chdir(root)
    if source is not None:
        sys.meta_path.insert(0, _Faulty(path.removesuffix(".py").replace("/", "."), root / path, source))
    # A fault that needs rare luck to be found is none that is found in a working day.
    hypothesis.settings.register_profile("mutants", max_examples=30, deadline=None, database=None)
    options = ("-x", "-p", "no:xdist", "-p", "no:randomly", "-p", "no:cacheprovider", "--hypothesis-profile=mutants")
    # Hypothesis is imported before pytest could rewrite its assertions.
    warnings = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
    # SQLite alone: a PostgreSQL for each fault would be most of the time.
    code = pytest.main([*options, *warnings, "--hypothesis-seed=0", "-k", "not postgresql", *tests])
    os._exit(int(code))
