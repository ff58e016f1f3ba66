"""How a PostgreSQL is backed up and restored: by its own programs, which come with it."""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

_KNOWN = {"sslmode", "host", "port", "user", "dbname", "options", "target_session_attrs", "sslrootcert"}
"""What may stand behind the `?` for its programs too, and is no secret."""


def explain(line: str, *, url: str, file: Path) -> str:
    """What to do, with the line to type. `url` is as Shiori has it; its password stays out."""
    spelt = line.format(database=shlex.quote(strip_password(url)), file=shlex.quote(str(file)))
    return (
        "The database is a PostgreSQL, which has programs of its own for this; take those of its version:\n"
        f"    {spelt}\n"
        "They ask for the password, or take it from PGPASSWORD or ~/.pgpass."
    )


def strip_password(url: str) -> str:
    """The address of a database as libpq's programs take it, without what is secret."""
    parts = urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name in _KNOWN])
    place = f"{user.partition(':')[0]}{at}{place}{parts.path}"
    return f"postgresql://{place}" + (f"?{query}" if query else "")
