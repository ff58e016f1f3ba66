"""The configuration: read from the environment and `.env`, validated once, at the start.

This is the only module that reads the environment. A variable that is set in the environment wins over `.env`.
"""

from __future__ import annotations

import base64
import difflib
import ipaddress
import json
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, quote, quote_plus, unquote, unquote_plus, urlsplit

import dotenv
import msgspec
from dotenv.parser import parse_stream

from bot import PROGRAM
from bot.errors import ConfigError, describe_failure

# It warns of each line that it cannot read, by its number alone, and each time it is asked.
logging.getLogger("dotenv").setLevel(logging.ERROR)

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["plain", "json"]
AnimeProvider = Literal["anilist", "amvstrm", "auto"]

# Of an address. Where the API of a service is, a name says that ends in `_api_url`.
_URL_SCHEMES = {
    "discord_gateway_url": ("wss", "ws"),
    "source_url": ("https", "http"),
    "privacy_url": ("https", "http"),
    "sentry_dsn": ("https", "http"),
    "database_url": ("sqlite", "postgresql", "postgres"),
    "cache_url": ("redis", "rediss", "valkey", "valkeys"),
}
_API_URL = "_api_url"
_BUTTON_URL_LIMIT = 512  # Discord refuses a message with a longer one

_CHOICES = {
    "log_level": LogLevel.__args__,
    "log_format": LogFormat.__args__,
    "anime_provider": AnimeProvider.__args__,
    "feature_galleries": ("0", "1"),
    "feature_adult": ("0", "1"),
}

_PORT_AT_MOST = 65_535
_SHARDS_AT_MOST = 10_000


def _strip_zeros(number: str) -> str:
    return number.lstrip("0") or "0"


# Choices may be typed in any case, and numbers with zeros before them: how each is written here.
_PLAIN: dict[str, Callable[[str], str]] = {
    "log_level": str.upper,
    "log_format": str.lower,
    "anime_provider": str.lower,
    "port": _strip_zeros,
    "shard_count": _strip_zeros,
}

# How much of a name has to be right to be taken for a slip of another.
_ALMOST = 0.85
# What the token is called elsewhere.
_ALSO_TOKENS = frozenset({"TOKEN", "BOT_TOKEN", "DISCORD_BOT_TOKEN", "DISCORD_SECRET", "DISCORD_API_TOKEN"})

# Two @ before the host, or a sign after a colon that ends what the host should have followed.
_MISREAD_PASSWORD = re.compile(r"[^/?#]*@[^/?#]*@|[^/?#@]*:[^/?#@]*[/?#][^/?#=&]*@")
_SECRET_NAME = re.compile(r"password|passwd|token|secret|key", re.IGNORECASE)
_URL_ALPHABET = str.maketrans("-_", "+/")
KEY_BYTES = 32
_PERCENT = re.compile(r"%[0-9A-F]{2}")
# Catches what is pasted by mistake (quotes, "Bot " in front); whether Discord takes the token, Discord says.
_TOKEN = re.compile(r"[A-Za-z0-9_.-]+")
# Of a cache: the number of its database, and how its certificate is looked at. All else is the bot's to choose.
_DATABASE_NUMBER = re.compile(r"/?[0-9]{0,4}")
_SEVERAL = re.compile(r"\w+\+\w+:|\w+://(?:[^/?#]*@)?[^/?#@]*,[^/?#@]*(?:[/?#]|$)")
_OPTIONS = re.compile(r"((ssl_cert_reqs=(none|optional|required)|ssl_ca_certs=[^&]+)(&|$))*")
# What each is called, and what stands before it in a header.
_TOKENS = {"discord_token": ("bot token", "Bot"), "nekos_token": ("token", "Bearer")}


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting, by the name of its variable in lower case. `.env.example` says what each is for."""

    discord_token: str = ""
    discord_api_url: str = "https://discord.com/api/v10"
    discord_gateway_url: str = "wss://gateway.discord.gg/"
    shard_count: int = 0
    shard_ids: str = ""
    vndb_api_url: str = "https://api.vndb.org/kana"
    ehentai_api_url: str = "https://api.e-hentai.org/api.php"
    anilist_api_url: str = "https://graphql.anilist.co"
    amvstrm_api_url: str = ""
    anime_provider: AnimeProvider = "auto"
    nekos_api_url: str = "https://api.nekosapi.com/v4"
    nekos_token: str = ""
    secret_keys: str = ""
    database_url: str = ""
    cache_url: str = ""
    data_dir: Path = Path("./data")
    feature_galleries: bool = True
    feature_adult: bool = True
    log_level: LogLevel = "INFO"
    port: int | None = None
    listen: str = "127.0.0.1"
    log_format: LogFormat | None = None
    sentry_dsn: str = ""
    contact: str = ""
    source_url: str = ""
    privacy_url: str = ""

    @property
    def store_url(self) -> str:
        """Where the store is: the database that was named, else a file in the data directory."""
        return self.database_url or f"sqlite:///{self.data_dir / 'shiori.db'}"

    @property
    def contact_url(self) -> str:
        """The contact, if it is the address of a page and nothing else."""
        problem = _find_url_problem("CONTACT", self.contact, schemes=("https", "http"))
        return "" if problem else self.contact

    @property
    def shards(self) -> tuple[int, ...]:
        """Which shards this process has; nothing: all there are."""
        return tuple(_parse_shards(self.shard_ids) or ())

    @property
    def keys(self) -> tuple[bytes, ...]:
        """What tokens are sealed with: the first key seals, and all of them open."""
        return tuple(_parse_key(key) or b"" for key in _split_keys(self.secret_keys))

    @property
    def service_urls(self) -> dict[str, str]:
        """Where the API of each service is that is asked here, by the name of its variable."""
        found = {field: getattr(self, field) for field in self.__struct_fields__ if field.endswith(_API_URL)}
        return {field: url for field, url in found.items() if url and field != "discord_api_url"}

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may not be logged."""
        urls = (getattr(self, field) for field in self.__struct_fields__ if _find_schemes(field))
        passwords = (password for url in urls for password in _find_passwords(url))
        sentry_key = urlsplit(self.sentry_dsn).username or ""
        found = (self.discord_token, self.nekos_token, sentry_key, *_split_keys(self.secret_keys), *passwords)
        return tuple(dict.fromkeys(one for secret in found for one in _spell(secret) if one))

    def __repr__(self) -> str:
        """Without values: the token must not reach a log by way of a representation."""
        return "Config(...)"


def load_config(*, dotenv_path: Path = Path(".env")) -> Config:
    """The configuration of this process.

    Raises:
        ConfigError: one line for each variable that cannot be used.
    """
    return parse_config(read_environ(dotenv_path))


def find_misspelt(*, dotenv_path: Path = Path(".env")) -> list[tuple[str, str]]:
    """Names that are set and are almost those of a variable that is not, each with that one's name."""
    environ = read_environ(dotenv_path)
    missing = [name for name in map(str.upper, Config.__struct_fields__) if not environ.get(name)]
    found: list[tuple[str, str]] = []
    for name in sorted(environ):
        near = difflib.get_close_matches(name.upper(), missing, n=1, cutoff=_ALMOST)
        right = near[0] if near else "DISCORD_TOKEN" if name.upper() in _ALSO_TOKENS else ""
        if right in missing and environ[name]:
            found.append((name, right))
    return found


def find_unread(*, dotenv_path: Path = Path(".env")) -> list[tuple[int, int]]:
    """The lines that are passed over, since they set nothing that can be read: the numbers of the first and the last of
    each block, since a quotation mark that is not closed takes those behind it along.
    """
    try:
        with dotenv_path.open(encoding="utf-8") as file:
            unread = [binding.original for binding in parse_stream(file) if binding.error]
    except (OSError, ValueError):
        return []  # there is none, or `load_config` says why it cannot be read
    found: list[tuple[int, int]] = []
    for one in unread:  # with the blank lines before it
        first = one.line + one.string[: -len(one.string.lstrip())].count("\n")
        found.append((first, first + one.string.strip().count("\n")))
    return found


def describe_unread(lines: tuple[int, int]) -> str:
    """What is told of lines that `find_unread` found."""
    first, last = lines
    which = f"line {first}" if first == last else f"lines {first} to {last}"
    return f"{which} of the file .env cannot be read (is a quotation mark not closed?)"


def read_environ(dotenv_path: Path) -> dict[str, str]:
    """What is set in `.env` and in the environment, which wins. Raises ConfigError."""
    try:
        values = dotenv.dotenv_values(dotenv_path)
    except (OSError, ValueError) as error:
        raise ConfigError(f"the file {dotenv_path} cannot be read ({describe_failure(error)})") from None
    return {**{name: value for name, value in values.items() if value is not None}, **os.environ}


def parse_config(environ: Mapping[str, str]) -> Config:
    """Check `environ` (names as in `.env.example`); an empty variable counts as not set.

    Raises:
        ConfigError: one line for each variable that cannot be used, without its value.
    """
    values: dict[str, str] = {}
    for field in Config.__struct_fields__:
        value = environ.get(field.upper(), "").strip()
        if value:
            values[field] = _PLAIN.get(field, str)(value)
    problems = [problem for field in values if (problem := _find_problem(field, values[field]))]
    if values.get("anime_provider") == "amvstrm" and "amvstrm_api_url" not in values:
        problems.append("ANIME_PROVIDER: this one needs AMVSTRM_API_URL")
    problems += _find_shard_problems(values) if not problems else []
    if problems:
        raise ConfigError(*problems)
    return msgspec.convert(values, Config, dec_hook=lambda kind, value: kind(value), strict=False)


def _find_problem(field: str, value: str) -> str | None:
    name = field.upper()
    if schemes := _find_schemes(field):
        return _find_url_problem(name, value, schemes=schemes)
    if field in _TOKENS and not _TOKEN.fullmatch(value):
        noun, scheme = _TOKENS[field]
        return f"{name}: this is not a {noun} (it has letters, digits, dots, - and _ only, and no {scheme} in front)"
    if field in _PROBLEMS:
        return _PROBLEMS[field](name, value)
    if field in _CHOICES and value not in _CHOICES[field]:
        return f"{name}: must be one of {', '.join(_CHOICES[field])}"
    if field == "contact" and (not value.isprintable() or not value.isascii() or len(value) > 200):
        return f"{name}: must be at most 200 printable ASCII characters, as it stands in an HTTP header"
    return None


def _parse_shards(value: str) -> list[int] | None:
    """The numbers in a list such as `0-3,8`, as they stand there. None if it is none."""
    found: list[int] = []
    for part in value.replace(",", " ").split():
        first, _, last = part.partition("-")
        ends = (first, last or first)
        if part.endswith("-") or not all(_is_number(one, _SHARDS_AT_MOST - 1) for one in ends):
            return None
        numbers = range(int(ends[0]), int(ends[1]) + 1)
        if not numbers:
            return None
        found += numbers
    return found


def _find_shard_problems(values: Mapping[str, str]) -> list[str]:
    """Each is right by itself: whether they are right together."""
    ids = _parse_shards(values.get("shard_ids", "")) or []
    if not ids:
        return []
    if "shard_count" not in values:
        return ["SHARD_IDS: this one needs SHARD_COUNT, the same in all processes"]
    count = int(values["shard_count"])
    if max(ids) >= count:
        return [f"SHARD_IDS: there is no shard {max(ids)} of {count} (SHARD_COUNT), since they are counted from 0"]
    double = next((one for one in ids if ids.count(one) > 1), None)
    return [] if double is None else [f"SHARD_IDS: shard {double} is there twice"]


def _split_keys(value: str) -> list[str]:
    return value.replace(",", " ").split()


def _parse_key(text: str) -> bytes | None:
    """The 32 bytes of a key, which are written in base64, in either alphabet. None if it is none."""
    try:
        key = base64.b64decode(text.rstrip("=").translate(_URL_ALPHABET) + "=", validate=True)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def _find_keys_problem(name: str, value: str) -> str | None:
    seen: list[bytes] = []
    for number, text in enumerate(_split_keys(value), start=1):
        key = _parse_key(text)
        if key is None:
            return f"{name}: key {number} is none (it is {KEY_BYTES} bytes in base64; `{PROGRAM} keys new` makes one)"
        if key in seen:
            return f"{name}: key {number} is the same as key {seen.index(key) + 1}"
        seen.append(key)
    return None


def _find_count_problem(name: str, value: str) -> str | None:
    fits = _is_number(value, _SHARDS_AT_MOST) and value != "0"
    return None if fits else f"{name}: must be a whole number from 1 to {_SHARDS_AT_MOST}"


def _is_number(value: str, at_most: int) -> bool:
    is_short = len(_strip_zeros(value)) <= len(str(at_most))  # Python refuses to read one of thousands of digits
    return value.isascii() and value.isdecimal() and is_short and int(value) <= at_most


def _find_ids_problem(name: str, value: str) -> str | None:
    return None if _parse_shards(value) else f"{name}: must be numbers and ranges of them, such as 0-3,8"


def _find_schemes(field: str) -> tuple[str, ...]:
    """What an address in a field may begin with; nothing if none stands in it."""
    return ("https", "http") if field.endswith(_API_URL) else _URL_SCHEMES.get(field, ())


def _find_passwords(url: str) -> Iterator[str]:
    """Passwords and tokens in a URL: before its host, and in its query."""
    parts = urlsplit(url)
    yield parts.password or ""
    for name, value in parse_qsl(parts.query):
        if _SECRET_NAME.search(name):
            yield value


def _spell(secret: str) -> Iterable[str]:
    """Every way in which a secret may be written: as it is, and percent-encoded in whole or in part, or decoded; as
    Python and JSON write a text.
    """
    for one in (secret, unquote(secret), unquote_plus(secret)):
        yield from (repr(one)[1:-1], ascii(one)[1:-1], json.dumps(one)[1:-1], json.dumps(one, ensure_ascii=False)[1:-1])
        for spelling in (one, quote(one), quote(one, safe=""), quote_plus(one)):
            yield spelling
            yield _PERCENT.sub(lambda code: code[0].lower(), spelling)


def _find_url_problem(name: str, value: str, *, schemes: tuple[str, ...]) -> str | None:
    if name == "CACHE_URL" and _SEVERAL.match(value):
        return f"{name}: neither Sentinels nor a Redis Cluster can be used, so name one server that takes all changes"
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - the property raises on a port that is none
    except ValueError:
        return f"{name}: this is not a URL{_hint_at_signs(value)}"
    if parts.scheme.split("+")[0] not in schemes:
        return f"{name}: must begin with {' or '.join(scheme + '://' for scheme in schemes)}"
    hint = _hint_at_signs(value) if name in {"DATABASE_URL", "CACHE_URL"} else ""
    if hint:
        return f"{name}: cannot be read{hint}"
    if name != "DATABASE_URL" and not parts.hostname:
        return f"{name}: has no host"
    return _find_rest_problem(name, value, parts)


def _find_rest_problem(name: str, value: str, parts: SplitResult) -> str | None:
    """What is wrong with the rest of an address whose beginning and host are right."""
    if name not in {"DATABASE_URL", "CACHE_URL"} and len(value.split()) > 1:
        return f"{name}: there is a blank in it"
    if name in {"SOURCE_URL", "PRIVACY_URL"} and len(value) > _BUTTON_URL_LIMIT:
        return f"{name}: must be at most {_BUTTON_URL_LIMIT} characters, which is what a button at Discord takes"
    if name == "CACHE_URL" and not (_DATABASE_NUMBER.fullmatch(parts.path) and _OPTIONS.fullmatch(parts.query)):
        return (
            f"{name}: after the host may stand the number of a database (/1), and ?ssl_cert_reqs=none or ?ssl_ca_certs="
        )
    if parts.scheme in {"rediss", "valkeys"} and (path := dict(parse_qsl(parts.query)).get("ssl_ca_certs")):
        return _find_certificates_problem(name, path)
    if name == "SENTRY_DSN" and not (parts.username and parts.path.rpartition("/")[2].isdecimal()):
        return f"{name}: is none (one looks like https://key@host/1)"
    return None


def _find_certificates_problem(name: str, path: str) -> str | None:
    import ssl  # noqa: PLC0415 - for those who have certificates of their own

    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        return f"{name}: there are no certificates in {path} (ssl_ca_certs)"
    except OSError as error:
        return f"{name}: {path} (ssl_ca_certs) cannot be read ({describe_failure(error)})"
    return None


def _find_port_problem(name: str, value: str) -> str | None:
    fits = _is_number(value, _PORT_AT_MOST)
    return None if fits else f"{name}: must be a number from 0 (any port that is free) to {_PORT_AT_MOST}"


def _find_address_problem(name: str, value: str) -> str | None:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return f"{name}: must be an IP address, such as 127.0.0.1 (this machine alone) or 0.0.0.0 (from everywhere)"
    return None


_PROBLEMS: dict[str, Callable[[str, str], str | None]] = {
    "secret_keys": _find_keys_problem,
    "port": _find_port_problem,
    "listen": _find_address_problem,
    "shard_count": _find_count_problem,
    "shard_ids": _find_ids_problem,
}
"""What finds out whether a value of that field can be used, and says in a line why not."""


def _hint_at_signs(url: str) -> str:
    """What to do about a password with signs that mean something else in a URL; empty if there is none such."""
    if _MISREAD_PASSWORD.match(url.partition("://")[2]):
        return " (in a user or password, write @ as %40, / as %2F, # as %23, ? as %3F, : as %3A and % as %25)"
    return ""
