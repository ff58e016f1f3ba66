"""The program: `python -m bot [run | playground | check]`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys

import bot
from bot.config import Config, load_config
from bot.errors import ConfigError
from bot.log import configure_logging


def main(argv: list[str] | None = None) -> int:
    """Runs the verb in `argv`. Gives the exit code: 0 well, 1 it failed, 2 the configuration or call is wrong."""
    args = _parse(argv)
    try:
        config = load_config()
    except ConfigError as error:
        for problem in error.problems:
            print(f"Configuration: {problem}", file=sys.stderr)  # noqa: T201
        return 2
    configure_logging(level=config.log_level, secrets=config.secrets)
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(_run(args, config))
    return 0


async def _run(args: argparse.Namespace, config: Config) -> int:
    # Each is imported where it is wanted: `--help` answers at once, and a bot that serves holds no playground.
    from bot.app import StartError, run_bot  # noqa: PLC0415

    try:
        if args.verb == "check":
            from bot.check import run_check  # noqa: PLC0415

            return await run_check(config)
        if args.verb == "playground" or not config.discord_token:
            from bot.playground.run import run_playground  # noqa: PLC0415

            await run_playground(config, live=args.live, port=args.port, without_token=args.verb == "run")
        else:
            await run_bot(config)
    except StartError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Shiori, a Discord bot for visual-novel and anime communities."
    )
    parser.add_argument("--version", action="version", version=f"Shiori {bot.__version__}")
    parser.set_defaults(verb="run", live=False, port=8080)
    verbs = parser.add_subparsers(metavar="VERB", title="verbs")
    run = verbs.add_parser("run", help="connect to Discord (the default); without DISCORD_TOKEN, the playground")
    run.set_defaults(verb="run")
    playground = verbs.add_parser("playground", help="a local Discord in the browser, with sample data")
    playground.set_defaults(verb="playground")
    playground.add_argument("--live", action="store_true", help="ask the real services instead of the sample ones")
    playground.add_argument("--port", type=int, default=8080, help="port of the page (default: %(default)s)")
    check = verbs.add_parser("check", help="validate the configuration, reach each service, say what is missing")
    check.set_defaults(verb="check")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
