"""The configuration: read from the environment and `.env`, validated once, at the start.

This is the only module that reads the environment. A variable that is set in the environment wins over `.env`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import dotenv
import msgspec

from bot.errors import ConfigError

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
AnimeProvider = Literal["anilist", "amvstrm", "auto"]

_URL_SCHEMES = {
    "discord_api_url": ("https", "http"),
    "discord_gateway_url": ("wss", "ws"),
    "vndb_api_url": ("https", "http"),
    "ehentai_api_url": ("https", "http"),
    "anilist_api_url": ("https", "http"),
    "amvstrm_api_url": ("https", "http"),
    "nekos_api_url": ("https", "http"),
    "cache_url": ("memory",),
    "database_url": ("sqlite", "postgresql", "postgres"),
}

_CHOICES = {
    "log_level": LogLevel.__args__,
    "anime_provider": AnimeProvider.__args__,
    "feature_galleries": ("0", "1"),
    "feature_adult": ("0", "1"),
}

# Catches what is pasted by mistake (quotes, "Bot " in front); whether Discord takes the token, Discord says.
_TOKEN = re.compile(r"[A-Za-z0-9_.-]+")


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting, by the name of its variable in lower case. `.env.example` says what each is for."""

    discord_token: str = ""
    discord_api_url: str = "https://discord.com/api/v10"
    discord_gateway_url: str = "wss://gateway.discord.gg/"
    vndb_api_url: str = "https://api.vndb.org/kana"
    ehentai_api_url: str = "https://api.e-hentai.org/api.php"
    anilist_api_url: str = "https://graphql.anilist.co"
    amvstrm_api_url: str = ""
    anime_provider: AnimeProvider = "auto"
    nekos_api_url: str = "https://api.nekosapi.com/v4"
    cache_url: str = "memory://"
    database_url: str = ""
    data_dir: Path = Path("./data")
    feature_galleries: bool = True
    feature_adult: bool = True
    log_level: LogLevel = "INFO"
    contact: str = ""

    @property
    def store_url(self) -> str:
        """Where the store is: the database that was named, else a file in the data directory."""
        return self.database_url or f"sqlite:///{self.data_dir / 'shiori.db'}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may not be logged."""
        password = urlsplit(self.database_url).password
        return (self.discord_token, password or "")

    def __repr__(self) -> str:
        """Without values: the token must not reach a log by way of a representation."""
        return "Config(...)"


def load_config(*, dotenv_path: Path = Path(".env")) -> Config:
    """The configuration of this process.

    Raises:
        ConfigError: one line for each variable that cannot be used.
    """
    values = {name: value for name, value in dotenv.dotenv_values(dotenv_path).items() if value is not None}
    return parse_config({**values, **os.environ})


def parse_config(environ: Mapping[str, str]) -> Config:
    """Checks `environ` (names as in `.env.example`); an empty variable counts as not set.

    Raises:
        ConfigError: one line for each variable that cannot be used, without its value.
    """
    values: dict[str, str] = {}
    for field in Config.__struct_fields__:
        value = environ.get(field.upper(), "").strip()
        if value:
            values[field] = value.upper() if field == "log_level" else value
    problems = [problem for field in values if (problem := _find_problem(field, values[field]))]
    if values.get("anime_provider") == "amvstrm" and "amvstrm_api_url" not in values:
        problems.append("ANIME_PROVIDER: this one needs AMVSTRM_API_URL")
    if problems:
        raise ConfigError(*problems)
    return msgspec.convert(values, Config, dec_hook=lambda kind, value: kind(value), strict=False)


def _find_problem(field: str, value: str) -> str | None:
    name = field.upper()
    if field in _URL_SCHEMES:
        return _find_url_problem(name, value, schemes=_URL_SCHEMES[field])
    if field == "discord_token" and not _TOKEN.fullmatch(value):
        return f"{name}: this is not a bot token (it has letters, digits, dots, - and _ only)"
    if field in _CHOICES and value not in _CHOICES[field]:
        return f"{name}: must be one of {', '.join(_CHOICES[field])}"
    if field == "contact" and (not value.isprintable() or not value.isascii() or len(value) > 200):
        return f"{name}: must be at most 200 printable ASCII characters, as it stands in an HTTP header"
    return None


def _find_url_problem(name: str, value: str, *, schemes: tuple[str, ...]) -> str | None:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - the property raises on a port that is none
    except ValueError:
        return f"{name}: this is not a URL"
    if parts.scheme.split("+")[0] not in schemes:
        return f"{name}: must begin with {' or '.join(scheme + '://' for scheme in schemes)}"
    if parts.scheme in {"http", "https", "ws", "wss"} and not parts.hostname:
        return f"{name}: has no host"
    return None
