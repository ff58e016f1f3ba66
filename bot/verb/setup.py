"""`python -m bot setup`: from a token to a bot that can be started. Shows what it would change, and asks before.

Called again it changes what is not yet as it should be, and nothing else.
"""

from __future__ import annotations

import asyncio
import getpass
import sys
from pathlib import Path

import discord

from bot import PROGRAM
from bot.account.seal import build_key
from bot.config import Config, describe_unread, find_unread, parse_config, read_environ
from bot.errors import ConfigError, describe_failure
from bot.log import blot_out, configure_logging
from bot.verb.application import Change, Refused, apply, list_changes, opened
from bot.verb.call import Call, is_watched, say
from bot.verb.env_file import read_env, read_values, set_variables, write_env
from bot.welcome.card import build_invite_url

TOKEN, KEYS = "DISCORD_TOKEN", "SECRET_KEYS"
ENV = Path(".env")
_ATTEMPTS = 3


def run(call: Call) -> int:
    """Ask and do. The exit code: 0 all is as it should be, 1 something is not, 2 there is no token that can be used."""
    configure_logging(level="ERROR")
    setup = _Setup(call)
    try:
        return setup.run()
    except ConfigError as error:
        for problem in error.problems:
            say(f"Configuration: {blot_out(problem, [setup.token])}")
        return 2
    except Refused as error:
        say(blot_out(f"{error} {setup.done}", [setup.token]))
        return 2 if error.token else 1
    except (KeyboardInterrupt, EOFError):
        say(f"\nStopped. {setup.done}")
        return 1


class _Setup:
    """One run of it. `done`: what was changed so far, as a sentence."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._environ: dict[str, str] = {}
        self._config = Config()
        self.token = ""
        self.done = "Nothing was changed."

    def run(self) -> int:
        if unread := find_unread(dotenv_path=ENV):  # what is set there would be set a second time, and otherwise
            raise ConfigError(*(f"{describe_unread(one)}: mend that before; nothing was changed" for one in unread))
        self._environ = read_environ(ENV)
        self._config = parse_config({**self._environ, TOKEN: ""})
        application, changes = self._log_in()
        _tell(f"Logged in as {application.name} (servers: {application.approximate_guild_count}).")
        is_set_up = self._set_up(application, changes)
        is_written = self._write()
        _tell(f"Invite it: {build_invite_url(application.id)}")
        if is_written:
            _tell(f"Start it by `{PROGRAM}`; `{PROGRAM} check` looks at all else.")
        return 0 if is_set_up and is_written else 1

    # The token

    def _log_in(self) -> tuple[discord.AppInfo, list[Change]]:
        """With the token that is known; at a terminal another is asked for, if that is none."""
        self.token = self._find_token()
        for _ in range(_ATTEMPTS):
            if not self.token:
                self.token = getpass.getpass("The bot's token (developer portal, Bot, Reset Token; it is not shown): ")
                self.token = self.token.strip()
            try:
                parse_config({TOKEN: self.token})
                return asyncio.run(self._look())
            except (ConfigError, Refused) as error:
                if not is_watched() or (isinstance(error, Refused) and not error.token):
                    raise
                say(str(error))
                self.token = ""
        raise ConfigError(f"{TOKEN}: none of these is accepted; nothing was changed")

    def _find_token(self) -> str:
        """Empty: somebody is asked for it."""
        if self._call.token_file:
            try:
                token = Path(self._call.token_file).read_text("utf-8").strip()
            except (OSError, ValueError) as error:
                raise ConfigError(f"{self._call.token_file} cannot be read ({describe_failure(error)})") from None
        else:
            token = self._environ.get(TOKEN, "").strip()
            if not token and not is_watched():
                token = sys.stdin.read().strip() if sys.stdin is not None else ""
        if not token and not is_watched():
            raise ConfigError(
                f"{TOKEN} is not set, and nobody sits at a terminal: give it by --token-file or on standard input"
            )
        return token

    async def _look(self) -> tuple[discord.AppInfo, list[Change]]:
        async with opened(self._config, self.token) as application:
            return application, list_changes(application)

    # What is changed

    def _set_up(self, application: discord.AppInfo, changes: list[Change]) -> bool:
        """Whether the application at Discord is then as it should be."""
        if not application.bot_public:
            _tell("It is private (Public Bot is off), so that its owner alone can invite it; that is left as it is.")
        if not changes:
            _tell("The application at Discord is as it should be.")
            return True
        _tell("To be changed at Discord:", *(f"  - {change.words}" for change in changes))
        if not self._agrees("Change that?"):
            return False
        self.done = "The application at Discord may be changed already; .env is as it was."
        refused = asyncio.run(self._apply(changes))
        for sentence in refused:
            say(sentence)
        if not refused:
            _tell("Changed.")
        return not refused

    async def _apply(self, changes: list[Change]) -> list[str]:
        async with opened(self._config, self.token) as application:
            return await apply(application, changes)

    def _write(self) -> bool:
        """Whether `.env` then has what it should have."""
        text = read_env(ENV)
        values = {} if read_values(text).get(TOKEN) == self.token else {TOKEN: self.token}
        if not self._environ.get(KEYS, "").strip() and self._wants_key():
            values[KEYS] = build_key()
        if not values:
            _tell(f"{ENV} is as it should be.")
            return True
        changed = set_variables(text, values)
        _tell(f"To be written into {ENV.resolve()}: {', '.join(values)}.")
        if not self._agrees("Write it?"):
            return False
        try:
            write_env(ENV, changed)
        except OSError as error:
            say(f"{ENV.resolve()} cannot be written ({error.strerror}). It is as it was.")
            return False
        self.done = "The application at Discord and .env are changed already."
        _tell("Written; nobody but you can read it.")
        if read_environ(ENV).get(TOKEN) != self.token:
            say(f"In the environment {TOKEN} is another one, which wins over {ENV}: take it away there.")
        if KEYS in values:
            _tell(f"Keep a copy of {KEYS} apart from the database: without it linked tokens are lost.")
        return True

    def _wants_key(self) -> bool:
        if not (self._call.yes or is_watched()):
            return False
        _tell(f"No key is set ({KEYS}), so nobody can link a VNDB token to change their list by this bot.")
        return self._agrees("Make one?")

    def _agrees(self, question: str) -> bool:
        if self._call.yes:
            return True
        if not is_watched():
            say("Nobody sits at a terminal to be asked, so that was not done. --yes does it without asking.")
            return False
        return input(f"{question} [Y/n] ").strip().lower() in {"", "y", "yes"}


def _tell(*lines: str) -> None:
    for line in lines:
        print(line)  # noqa: T201
