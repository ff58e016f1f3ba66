"""The file `.env`: variables are set in it, and every other line stays as it is."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import dotenv
from dotenv.parser import parse_stream

from bot.errors import ConfigError, describe_failure

_EXAMPLES = (Path(__file__).with_name("env.example"), Path(__file__).parents[2] / ".env.example")
"""Where the example lies: in the wheel, and in the repository."""
_BEFORE = re.compile(r"\s*(?:export[^\S\r\n]+)?")
_END = re.compile(r"[\r\n]*\Z")
_COMMENT = re.compile(r"(?:[^\S\r\n]+#[^\r\n]*)?[\r\n]*\Z")


def read_env(path: Path) -> str:
    """What stands in it; if there is none, what stands in the example. Raises ConfigError."""
    try:
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                return file.read()
        return next((one.read_text("utf-8") for one in _EXAMPLES if one.exists()), "")
    except (OSError, ValueError) as error:
        raise ConfigError(f"the file {path} cannot be read ({describe_failure(error)})") from None


def set_variables(text: str, values: Mapping[str, str]) -> str:
    """`text` with each of `values` in the line that has the variable, or in a new one at the end.

    Raises:
        ConfigError: it would then say something else too, or could not be read.
    """
    bindings = list(parse_stream(io.StringIO(text, newline="")))
    parts = [binding.original.string for binding in bindings]
    end = "\r\n" if "\r\n" in text else "\n"
    for name, value in values.items():
        assigned = f"{name}={value}"
        # The last one counts.
        number = max((at for at, one in enumerate(bindings) if one.key == name), default=None)
        if number is not None:
            parts[number] = _assign(parts[number], assigned)
        else:
            parts += [end] * bool(parts and not parts[-1].endswith(("\n", "\r"))) + [assigned + end]
    changed = "".join(parts)
    if read_values(changed) != {**read_values(text), **values}:
        raise ConfigError("the file .env has lines that cannot be changed without harm")
    return changed


def _assign(line: str, assigned: str) -> str:
    """A line with another assignment, and with the blank lines before it and the remark behind it."""
    before = _BEFORE.match(line)
    is_quoted = line.partition("=")[2].lstrip()[:1] in {"'", '"'}
    after = (_END if is_quoted else _COMMENT).search(line)
    return f"{before[0] if before else ''}{assigned}{after[0] if after else ''}"


def write_env(path: Path, text: str) -> None:
    """Put `text` in the place of what is there, at once and for nobody else's eyes. Raises OSError."""
    path = path.resolve()  # what a link leads to is replaced, and not the link
    handle, name = tempfile.mkstemp(prefix=".env.", dir=path.parent)  # which only the owner may read
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def read_values(text: str) -> dict[str, str | None]:
    """What each variable is there."""
    return dotenv.dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False)
