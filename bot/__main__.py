"""The program: `python -m bot [VERB]`, or `shiori [VERB]` where it is installed. The table below has all verbs.

Nothing is imported at the top that has to be installed: a missing package is one sentence.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import bot
from bot.verb.call import Call, say

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from bot.config import Config

_PORTS = range(65_536)


def _add_none(_: ArgumentParser) -> None:
    pass


def _add_playground(parser: ArgumentParser) -> None:
    parser.add_argument("--live", action="store_true", help="ask the real services instead of the sample ones")
    parser.add_argument("--port", type=_port, default=8080, help="port of the page (default: %(default)s)")


def _add_keys(parser: ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", title="acts", dest="act", required=True)
    new = acts.add_parser("new", help="print a new key")
    new.set_defaults(place="bot.verb.new_key", configured=False)
    acts.add_parser("check", help="does everything open, and which keys are in use?")
    acts.add_parser("rotate", help="seal everything with the first key; it may be stopped and called again")


def _add_setup(parser: ArgumentParser) -> None:
    parser.add_argument("--token-file", default="", metavar="FILE", help="where the token stands")
    parser.add_argument("--yes", action="store_true", help="do all of it without asking")


def _add_backup(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="where it is written; it may not be there yet")


def _add_restore(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="what `backup` wrote")


def _add_admin(parser: ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", title="acts", dest="act", required=True)
    acts.add_parser("stats", help="how much there is of everything, and in how many servers")
    acts.add_parser("lanes", help="which services are left alone, and until when")
    acts.add_parser("resync", help="register all commands with Discord anew")


class Verb(NamedTuple):
    """`place` is the module that does it, by `run(call, config)`; it is imported when it is called.

    One that needs no configuration (`configured=False`) is `run(call)`.
    """

    name: str
    help: str
    place: str
    add_arguments: Callable[[ArgumentParser], None] = _add_none
    configured: bool = True


VERBS = (
    Verb(
        "run",
        "connect to Discord (the default); at a terminal and without DISCORD_TOKEN, the playground",
        "bot.verb.run",
    ),
    Verb("playground", "a local Discord in the browser, with sample data", "bot.verb.playground", _add_playground),
    Verb(
        "setup",
        "take the token, set up the bot's application at Discord, write .env",
        "bot.verb.setup",
        _add_setup,
        configured=False,
    ),
    Verb("check", "validate the configuration, reach each service, say what is missing", "bot.verb.check"),
    Verb("keys", "the keys (SECRET_KEYS) that people's VNDB tokens are sealed with", "bot.verb.keys", _add_keys),
    Verb("backup", "all that is stored, in one file; the bot may run", "bot.verb.backup", _add_backup),
    Verb("restore", "put back what a backup holds; the bot may not run", "bot.verb.restore", _add_restore),
    Verb(
        "admin",
        "what is stored, and how it stands with the services; registers the commands anew",
        "bot.verb.admin",
        _add_admin,
    ),
)


def main(argv: list[str] | None = None) -> int:
    """Do what `argv` says. The exit code: 0 well, 1 it failed, 2 the configuration or call is wrong."""
    words = sys.argv[1:] if argv is None else argv
    try:
        try:
            return _start(_parse(words) if words else Call())
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        if sys.stdout is None:
            raise
        # Whoever read that has gone, as `head` does. What is left would be written at the end of the process:
        # <https://docs.python.org/3/library/signal.html#note-on-sigpipe>
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name in {"", "bot", "cogs"}:
            raise
        say(f"The package {name} is not installed. Start by `make run`, or: pip install -r requirements.txt")
        return 1


def _start(call: Call) -> int:
    if not call.configured:
        return importlib.import_module(call.place).run(call)
    config = _load_config()
    if config is None:
        return 2
    from bot.log import catch_crashes, configure_logging  # noqa: PLC0415

    quiet = _list_quiet(call, config)
    configure_logging(level=config.log_level, secrets=config.secrets, quiet=quiet, form=config.log_format)
    catch_crashes()
    run: Callable[[Call, Config], int] = importlib.import_module(call.place).run
    with contextlib.suppress(KeyboardInterrupt):
        return run(call, config)
    return 0


def _load_config() -> Config | None:
    """None, if it is wrong: that was said then."""
    from bot.config import describe_unread, find_misspelt, find_unread, load_config  # noqa: PLC0415
    from bot.errors import ConfigError  # noqa: PLC0415

    for lines in find_unread():
        say(f"Configuration: {describe_unread(lines)}, so nothing there is set.")
    try:
        config = load_config()
    except ConfigError as error:
        for problem in error.problems:
            say(f"Configuration: {problem}")
        return None
    for wrong, right in find_misspelt():
        say(f"Configuration: {wrong} is set, which is no variable of Shiori's; did you mean {right}?")
    return config


def _list_quiet(call: Call, config: Config) -> tuple[str, ...]:
    """The loggers whose INFO a person at a terminal need not read; whoever wants it asks for DEBUG."""
    if config.log_level != "INFO" or not sys.stderr.isatty():
        return ()
    opens_playground = call.verb == "playground" or (call.verb == "run" and not config.discord_token)
    return ("bot",) if opens_playground else ("bot.http",)


def _parse(words: list[str]) -> Call:
    import argparse  # noqa: PLC0415 - a third of a megabyte, and mostly there is nothing to parse

    parser = argparse.ArgumentParser(
        prog=bot.PROGRAM,
        description="Shiori, a Discord bot for visual-novel and anime communities.",
    )
    parser.add_argument("--version", action="version", version=f"Shiori {bot.__version__}")
    verbs = parser.add_subparsers(metavar="VERB", title="verbs")
    for verb in VERBS:
        one: Any = verbs.add_parser(verb.name, help=verb.help)
        one.set_defaults(verb=verb.name, place=verb.place, configured=verb.configured)
        verb.add_arguments(one)
    return parser.parse_args(words, Call())


def _port(text: str) -> int:
    import argparse  # noqa: PLC0415 - it calls this

    if not text.isdecimal() or int(text) not in _PORTS:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {_PORTS[-1]}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
