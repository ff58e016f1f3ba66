"""The program: `python -m bot [run | playground | check | keys]`.

Nothing is imported at the top that has to be installed: a missing package is one sentence.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import TYPE_CHECKING

import bot

if TYPE_CHECKING:
    from bot.config import Config

_PORTS = range(65_536)


class Call:
    """What was asked for on the command line; this, if nothing was."""

    verb = "run"
    live = False
    port = 8080
    act = ""


def main(argv: list[str] | None = None) -> int:
    """Run the verb in `argv`. The exit code: 0 well, 1 it failed, 2 the configuration or call is wrong."""
    words = sys.argv[1:] if argv is None else argv
    try:
        return _start(_parse(words) if words else Call())
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name in {"", "bot", "cogs"}:
            raise
        _say(f"The package {name} is not installed. Start by `make run`, or: pip install -r requirements.txt")
        return 1


def _start(args: Call) -> int:
    if args.verb == "keys" and args.act == "new":  # also where the configuration is wrong, as it is without a key
        from bot.account.keys import print_new_key  # noqa: PLC0415

        return print_new_key()
    from bot.config import find_misspelt, load_config  # noqa: PLC0415
    from bot.errors import ConfigError  # noqa: PLC0415
    from bot.log import configure_logging  # noqa: PLC0415

    try:
        config = load_config()
    except ConfigError as error:
        for problem in error.problems:
            _say(f"Configuration: {problem}")
        return 2
    hints = [
        f"{wrong} is set, which is no variable of Shiori's; did you mean {right}?" for wrong, right in find_misspelt()
    ]
    for hint in hints:
        _say(f"Configuration: {hint}")
    opens_playground = args.verb == "playground" or (args.verb == "run" and not config.discord_token)
    if opens_playground and args.verb == "run" and not _is_watched():
        _say(
            "Configuration: DISCORD_TOKEN is not set (developer portal, Bot, Reset Token), and nobody sits at a "
            "terminal to use the playground. To open it all the same: make run ARGS=playground"
        )
        return 2
    configure_logging(level=config.log_level, secrets=config.secrets, quiet=_list_quiet(config, opens_playground))
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(_run(args, config))
    return 0


async def _run(args: Call, config: Config) -> int:
    # Each is imported where it is wanted: `--help` answers at once, and a bot that serves holds no playground.
    from bot.app import run_bot  # noqa: PLC0415
    from bot.connection import StartError  # noqa: PLC0415
    from bot.log import blot_out  # noqa: PLC0415

    try:
        if args.verb == "check":
            from bot.verb.check import run_check  # noqa: PLC0415

            return await run_check(config)
        if args.verb == "keys":
            from bot.account.keys import run_keys  # noqa: PLC0415

            return await run_keys(config, rotate=args.act == "rotate")
        if args.verb == "playground" or not config.discord_token:
            from bot.playground.run import run_playground  # noqa: PLC0415

            await run_playground(config, live=args.live, port=args.port, without_token=args.verb == "run")
        else:
            await run_bot(config)
    except StartError as error:
        _say(blot_out(str(error), config.secrets))
        return 1
    return 0


def _is_watched() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def _list_quiet(config: Config, opens_playground: bool) -> tuple[str, ...]:
    """The loggers whose INFO a person at a terminal need not read; whoever wants it asks for DEBUG."""
    if config.log_level != "INFO" or not sys.stderr.isatty():
        return ()
    return ("bot",) if opens_playground else ("bot.http",)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201


def _parse(words: list[str]) -> Call:
    import argparse  # noqa: PLC0415 - a third of a megabyte, and mostly there is nothing to parse

    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Shiori, a Discord bot for visual-novel and anime communities."
    )
    parser.add_argument("--version", action="version", version=f"Shiori {bot.__version__}")
    verbs = parser.add_subparsers(metavar="VERB", title="verbs")
    run = verbs.add_parser(
        "run", help="connect to Discord (the default); at a terminal and without DISCORD_TOKEN, the playground"
    )
    run.set_defaults(verb="run")
    playground = verbs.add_parser("playground", help="a local Discord in the browser, with sample data")
    playground.set_defaults(verb="playground")
    playground.add_argument("--live", action="store_true", help="ask the real services instead of the sample ones")
    playground.add_argument("--port", type=_port, default=8080, help="port of the page (default: %(default)s)")
    check = verbs.add_parser("check", help="validate the configuration, reach each service, say what is missing")
    check.set_defaults(verb="check")
    keys = verbs.add_parser("keys", help="the keys (SECRET_KEYS) that people's VNDB tokens are sealed with")
    keys.set_defaults(verb="keys")
    acts = keys.add_subparsers(metavar="ACT", title="acts", dest="act", required=True)
    acts.add_parser("new", help="print a new key")
    acts.add_parser("check", help="does everything open, and which keys are in use?")
    acts.add_parser("rotate", help="seal everything with the first key; it may be stopped and called again")
    return parser.parse_args(words, Call())


def _port(text: str) -> int:
    import argparse  # noqa: PLC0415 - it calls this

    if not text.isdecimal() or int(text) not in _PORTS:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {_PORTS[-1]}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
