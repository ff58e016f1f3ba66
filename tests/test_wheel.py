"""What `pip install .` installs: all that runs, and nothing else."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import bot

ROOT = Path(__file__).parent.parent
ENV_EXAMPLE = "bot/verb/env.example"


def list_tree() -> set[str]:
    """What lies in both packages, but for what Python compiled of it."""
    files = (path for folder in ("bot", "cogs") for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}


def test_the_wheel_holds_both_packages_whole_and_the_example_of_a_configuration() -> None:
    builder = WheelBuilder(str(ROOT))
    held = {file.distribution_path for file in builder.recurse_included_files()}
    assert held == list_tree() | {ENV_EXAMPLE}
    assert builder.metadata.version == bot.__version__


def test_the_source_archive_holds_what_the_wheel_is_built_from() -> None:
    builder = SdistBuilder(str(ROOT))
    held = {file.distribution_path for file in builder.recurse_included_files()}
    assert held - list_tree() == {".env.example", "CHANGELOG.md"}  # and always the README, the licence, pyproject.toml


@pytest.mark.deep
async def test_a_wheel_that_is_unpacked_elsewhere_opens_the_playground(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
        names = archive.namelist()
    (points,) = [name for name in names if name.endswith("entry_points.txt")]
    assert "shiori = bot.__main__:main" in (site / points).read_text("utf-8")
    assert (site / ENV_EXAMPLE).read_bytes() == (ROOT / ".env.example").read_bytes()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "playground", "--port", "0", cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site), "DISCORD_TOKEN": ""}, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    first = await asyncio.wait_for(process.stdout.readline(), timeout=60)
    process.terminate()
    assert await process.wait() == 0
    assert b"playground is open at http://127.0.0.1:" in first
