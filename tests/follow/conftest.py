"""What most tests of following begin with."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.follow.support import Scene


@pytest.fixture
async def scene(tmp_path: Path, new_database: Path) -> AsyncGenerator[Scene]:
    """One process on a new database, with nothing followed."""
    shutil.copy(new_database, tmp_path)
    scene = Scene(tmp_path)
    await scene.open()
    yield scene
    await scene.close()
