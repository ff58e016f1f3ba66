"""A variable is set in `.env`, and nothing else there changes."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.verb.env_file import read_env, read_values, set_variables, write_env

ROOT = Path(__file__).parent.parent.parent
NEW = "new.token_1-2"

LINES = {
    "": f"TOKEN={NEW}\n",
    "TOKEN=\n": f"TOKEN={NEW}\n",
    "# mine\n\nTOKEN=old\nOTHER=1": f"# mine\n\nTOKEN={NEW}\nOTHER=1",
    "OTHER=1": f"OTHER=1\nTOKEN={NEW}\n",
    "TOKEN=old  # of the test bot\n": f"TOKEN={NEW}  # of the test bot\n",
    "TOKEN='old # secret'\nOTHER=1\n": f"TOKEN={NEW}\nOTHER=1\n",
    "export TOKEN=old\n": f"export TOKEN={NEW}\n",
    "TOKEN = old\n": f"TOKEN={NEW}\n",
    "TOKEN\n": f"TOKEN={NEW}\n",
    "TOKEN=old\r\nOTHER=1\r\n": f"TOKEN={NEW}\r\nOTHER=1\r\n",
    "OTHER=1\r\n": f"OTHER=1\r\nTOKEN={NEW}\r\n",
    "TOKEN=first\nTOKEN=second\n": f"TOKEN=first\nTOKEN={NEW}\n",
    "OTHER='\nTOKEN=no\n'\n": f"OTHER='\nTOKEN=no\n'\nTOKEN={NEW}\n",
    "# TOKEN=old\n": f"# TOKEN=old\nTOKEN={NEW}\n",
    "TOKENS=1\nMY_TOKEN=2\n": f"TOKENS=1\nMY_TOKEN=2\nTOKEN={NEW}\n",
    "this is no line ='\nTOKEN=old\n": f"this is no line ='\nTOKEN={NEW}\n",
}


def test_a_variable_is_set_where_it_stands_or_at_the_end() -> None:
    wrong = {before: set_variables(before, {"TOKEN": NEW}) for before in LINES}
    assert {before: found for before, found in wrong.items() if found != LINES[before]} == {}
    again = {after: set_variables(after, {"TOKEN": NEW}) for after in LINES.values()}
    assert all(before == after for before, after in again.items())


def test_the_example_keeps_every_remark() -> None:
    before = read_env(Path("no such file"))
    assert before == (ROOT / ".env.example").read_text("utf-8")
    after = set_variables(before, {"DISCORD_TOKEN": NEW, "SECRET_KEYS": "a2V5="})
    changed = [(old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]
    assert changed == [("DISCORD_TOKEN=", f"DISCORD_TOKEN={NEW}"), ("SECRET_KEYS=", "SECRET_KEYS=a2V5=")]
    assert read_values(after)["SECRET_KEYS"] == "a2V5="


def test_what_a_link_leads_to_is_replaced_and_is_nobody_elses(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / ".env"
    real.write_text("old")
    real.chmod(0o644)
    link.symlink_to(real)
    write_env(link, "TOKEN=1\r\n")
    assert (link.is_symlink(), real.read_bytes(), stat.S_IMODE(real.stat().st_mode)) == (True, b"TOKEN=1\r\n", 0o600)
    assert {one.name for one in tmp_path.iterdir()} == {"real", ".env"}


def test_a_file_that_is_no_text_is_named_and_left(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"\.env cannot be read"):
        read_env(file)
