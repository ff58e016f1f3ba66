"""`python -m bot backup FILE`: all that is stored, in one file, while the bot runs."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.config import Config
from bot.errors import StoreError
from bot.store.backup import back_up, find_file
from bot.verb.call import Call, say
from bot.verb.postgresql import explain


def run(call: Call, config: Config) -> int:
    """Make it, or say how. The exit code: 0 it is there, 1 it is not."""
    path, target = find_file(config.store_url), Path(call.file)
    if path is None:
        say(explain("pg_dump --format=custom --file={file} {database}", url=config.store_url, file=target))
        return 1
    try:
        back_up(path, target)
    except StoreError as error:
        say(f"Nothing was backed up: {error.reason}.")
        return 1
    sys.stdout.write(f"Backed up {path} to {target} ({target.stat().st_size:,} bytes), which was looked over.\n")
    if config.keys:
        sys.stdout.write("SECRET_KEYS are not in it: without them nobody's linked token can be opened.\n")
    return 0
