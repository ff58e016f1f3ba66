"""bot.config, and the file that documents it."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.config import Config, describe_unread, find_misspelt, find_unread, load_config, parse_config
from bot.errors import ConfigError
from bot.log import blot_out

ROOT = Path(__file__).parent.parent
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"


def test_nothing_is_required() -> None:
    assert parse_config({}) == Config()


def test_an_empty_variable_counts_as_not_set() -> None:
    assert parse_config({"VNDB_API_URL": "  ", "LOG_LEVEL": ""}) == Config()


def test_values_are_taken_and_trimmed() -> None:
    config = parse_config({"DISCORD_TOKEN": f" {TOKEN}\n", "LOG_LEVEL": "debug", "DATA_DIR": "/srv/shiori"})
    assert (config.discord_token, config.log_level, config.data_dir) == (TOKEN, "DEBUG", Path("/srv/shiori"))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///data/shiori.db",
        "postgresql://me:hush@db.example/shiori",
        "postgresql+asyncpg://me:hush@db.example/shiori",
        "postgres://me:hush@db.example:5432/shiori?sslmode=require",
    ],
)
def test_the_url_of_a_database_is_taken_as_hosts_hand_it_out(url: str) -> None:
    assert parse_config({"DATABASE_URL": url}).store_url == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_TOKEN", "Bot hunter2"),
        ("DISCORD_API_URL", "ftp://discord.example"),
        ("DISCORD_GATEWAY_URL", "https://gateway.discord.gg"),
        ("VNDB_API_URL", "api.vndb.org"),
        ("VNDB_API_URL", "https://"),
        ("VNDB_API_URL", "http://[::1"),
        ("VNDB_API_URL", "http://vndb.example:99999"),
        ("ANILIST_API_URL", "graphql.anilist.co"),
        ("AMVSTRM_API_URL", "ftp://amvstrm.example"),
        ("NEKOS_API_URL", "https://"),
        ("NEKOS_API_URL", "https://nekos.example https://other.example"),
        ("SOURCE_URL", "https://example.org/my source"),
        ("SOURCE_URL", "https://example.org/".ljust(513, "s")),
        ("PRIVACY_URL", "https://example.org/my\nprivacy"),
        ("PRIVACY_URL", "https://example.org/".ljust(513, "p")),
        ("ANIME_PROVIDER", "AniList!"),
        ("DATABASE_URL", "mysql://localhost"),
        ("CACHE_URL", "http://localhost:6379"),
        ("CACHE_URL", "redis://"),
        ("CACHE_URL", "redis+sentinel://localhost:26379/0"),
        ("CACHE_URL", "redis://:a,b@one:6379,two:6379/0"),
        ("CACHE_URL", "redis://localhost/one"),
        ("CACHE_URL", "redis://localhost/0?socket_timeout=60"),
        ("SENTRY_DSN", "key@sentry.example/1"),
        ("SENTRY_DSN", "https://sentry.example/1"),
        ("SENTRY_DSN", "https://key@sentry.example/project"),
        ("LOG_LEVEL", "loud"),
        ("PORT", "http"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "٣"),
        ("PORT", "9" * 5000),
        ("SHARD_COUNT", "9" * 5000),
        ("SHARD_IDS", "9" * 5000),
        ("LISTEN", "localhost"),
        ("LISTEN", "0.0.0.0:80"),
        ("LOG_FORMAT", "xml"),
        ("CONTACT", "a\r\nX-Evil: 1"),
        ("CONTACT", "名前"),
        ("CONTACT", "x" * 201),
    ],
)
def test_a_value_that_cannot_be_used_is_named_without_being_shown(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config({name: value})
    (problem,) = caught.value.problems
    assert problem.startswith(f"{name}: ")
    assert value not in problem


def test_a_port_is_a_number_and_listens_on_this_machine_alone() -> None:
    assert (Config().port, Config().listen) == (None, "127.0.0.1")
    config = parse_config({"PORT": "8080", "LISTEN": "::"})
    assert (config.port, config.listen) == (8080, "::")


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [("PORT", "08080", 8080), ("PORT", "00", 0), ("SHARD_COUNT", "02", 2), ("SHARD_COUNT", "00010000", 10_000)],
)
def test_a_number_may_have_zeros_before_it(name: str, value: str, taken: int) -> None:
    assert getattr(parse_config({name: value}), name.lower()) == taken


def test_an_amvstrm_that_alone_is_to_be_asked_needs_an_address() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config({"ANIME_PROVIDER": "amvstrm"})
    assert caught.value.problems == ("ANIME_PROVIDER: this one needs AMVSTRM_API_URL",)
    config = parse_config({"ANIME_PROVIDER": "amvstrm", "AMVSTRM_API_URL": "http://localhost:3000"})
    assert (config.anime_provider, config.amvstrm_api_url) == ("amvstrm", "http://localhost:3000")


def test_the_address_of_an_amvstrm_is_enough_to_have_it_asked_first() -> None:
    assert parse_config({"AMVSTRM_API_URL": "http://localhost:3000"}).anime_provider == "auto"


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "valkey://cache.example:6380/1",
        "redis://me:hush-hush,all@localhost",
        "rediss://me:hush-hush@cache.example:6380/?ssl_cert_reqs=none",
    ],
)
def test_the_url_of_a_cache_is_taken_and_its_password_is_a_secret(url: str) -> None:
    config = parse_config({"CACHE_URL": url})
    assert config.cache_url == url
    assert "hush-hush" not in blot_out(f"asked {url}", config.secrets)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:p@ss@db.example/shiori",
        "postgresql://me@home:hush@db.example:5432/shiori",
        "postgres://me:pa/ss@db.example/shiori",
        "postgres://me:12/ss@db.example/shiori",
        "postgres://me:pa#ss@db.example/shiori",
        "postgres://me:pa?ss@db.example/shiori",
    ],
)
def test_a_password_with_signs_that_mean_something_in_a_url_gets_a_hint(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config({"DATABASE_URL": url})
    (problem,) = caught.value.problems
    assert problem.startswith("DATABASE_URL: ")
    assert "write @ as %40" in problem
    assert "ss" not in problem.replace("password", "")


@pytest.mark.parametrize(
    "url", ["postgresql://me:p%40ss@db.example/shiori", "postgresql:///shiori?user=me@home", "sqlite:///a@b/shiori.db"]
)
def test_an_at_sign_where_it_belongs_needs_none(url: str) -> None:
    assert parse_config({"DATABASE_URL": url}).database_url == url


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no certificate", "utf-8")
    for path, why in {
        "none.pem": f"there are no certificates in {tmp_path / 'none.pem'}",
        "": f"{tmp_path} (ssl_ca_certs) cannot be read (Is a directory)",
        "nosuch.pem": f"{tmp_path / 'nosuch.pem'} (ssl_ca_certs) cannot be read (No such file or directory)",
    }.items():
        with pytest.raises(ConfigError) as caught:
            parse_config({"CACHE_URL": f"rediss://localhost?ssl_ca_certs={tmp_path / path}"})
        assert str(caught.value).startswith(f"CACHE_URL: {why}")


def test_lines_that_cannot_be_read_are_found(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / ".env"
    assert find_unread(dotenv_path=file) == []
    file.write_text("# a\nCONTACT=me\n\nnot a line\nLOG_LEVEL=ERROR\nPORT='80\n", "utf-8")
    assert find_unread(dotenv_path=file) == [(4, 4), (6, 6)]
    assert load_config(dotenv_path=file).contact == "me"
    file.write_text('\n\nCONTACT="me\n\nSECRET_KEYS=a\nDATA_DIR="/srv"\n\nPORT=1\n', "utf-8")
    assert [describe_unread(lines).partition(" of")[0] for lines in find_unread(dotenv_path=file)] == ["lines 3 to 6"]
    assert caplog.text == ""
    file.write_bytes(b"CONTACT=\xff\xfe")
    assert find_unread(dotenv_path=file) == []


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"CONTACT=\xff\xfe")
    with pytest.raises(ConfigError, match=r"\.env cannot be read"):
        load_config(dotenv_path=tmp_path / ".env")


def test_names_that_are_almost_right_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Config.__struct_fields__:
        monkeypatch.delenv(name.upper(), raising=False)
    file = tmp_path / ".env"
    file.write_text("LOGLEVEL=INFO\nDATABSE_URL=sqlite:///x\nDATADIR=\nCONTACT=me\nCONTACTS=you\nPGHOST=db\n", "utf-8")
    assert find_misspelt(dotenv_path=file) == [("DATABSE_URL", "DATABASE_URL"), ("LOGLEVEL", "LOG_LEVEL")]


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config({"LOG_LEVEL": "loud", "VNDB_API_URL": "nowhere"})
    assert len(caught.value.problems) == 2


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("CONTACT=file@example.org\nLOG_LEVEL=ERROR\n", "utf-8")
    monkeypatch.setenv("CONTACT", "environment@example.org")
    config = load_config(dotenv_path=file)
    assert (config.contact, config.log_level) == ("environment@example.org", "ERROR")


def test_the_token_of_the_nekos_api_is_a_secret() -> None:
    config = parse_config({"NEKOS_TOKEN": "a1B2c3D4e5F6g7"})
    assert config.nekos_token in config.secrets
    assert blot_out("Authorization: Bearer a1B2c3D4e5F6g7", config.secrets) == "Authorization: Bearer [secret]"


def test_the_key_of_sentry_is_a_secret() -> None:
    secrets = parse_config({"SENTRY_DSN": "https://0123456789abcdef@sentry.example/17"}).secrets
    assert blot_out("to https://0123456789abcdef@sentry.example/17", secrets) == "to https://[secret]@sentry.example/17"


@pytest.mark.parametrize("value", ["Bearer a1B2c3D4", 'a1B2"c3', "a1:B2"])
def test_a_token_that_no_header_can_carry_is_refused_without_its_value(value: str) -> None:
    with pytest.raises(ConfigError, match="NEKOS_TOKEN") as refused:
        parse_config({"NEKOS_TOKEN": value})
    assert value not in str(refused.value)


KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.urlsafe_b64encode(bytes([255]) * 32).decode().rstrip("=")


def test_keys_are_read_in_their_order_however_they_are_written() -> None:
    keys = (bytes(range(32)), bytes([255]) * 32)
    for value in (f"{KEY},{OTHER_KEY}", f" {KEY}  {OTHER_KEY} ", f"{KEY}, {OTHER_KEY.replace('_', '/')}="):
        config = parse_config({"SECRET_KEYS": value})
        assert config.keys == keys
        assert {part for part in value.replace(",", " ").split() if part} <= set(config.secrets)
    assert Config().keys == ()


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("secret", "SECRET_KEYS: key 1 is none (it is 32 bytes in base64; `python -m bot keys new` makes one)"),
        (f"{KEY},{KEY[:-4]}", "SECRET_KEYS: key 2 is none"),
        (f"{KEY}{OTHER_KEY}", "SECRET_KEYS: key 1 is none"),
        (f"{KEY},{OTHER_KEY},{KEY.rstrip('=')}", "SECRET_KEYS: key 3 is the same as key 1"),
        ("é" * 43, "SECRET_KEYS: key 1 is none"),
    ],
)
def test_a_key_that_is_none_is_told_by_its_number(value: str, problem: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_config({"SECRET_KEYS": value})
    assert str(refused.value).startswith(problem)
    assert KEY[:8] not in str(refused.value)


def test_shards_are_numbers_and_ranges_of_them() -> None:
    for value, ids in {"": (), "0": (0,), "0-3,8": (0, 1, 2, 3, 8), "2, 0-1": (2, 0, 1)}.items():
        assert parse_config({"SHARD_COUNT": "9", "SHARD_IDS": value}).shards == ids
    assert parse_config({"SHARD_COUNT": "9"}).shard_count == 9


@pytest.mark.parametrize(
    ("count", "ids", "problem"),
    [
        ("0", "", "SHARD_COUNT: must be a whole number from 1 to 10000"),
        ("-1", "", "SHARD_COUNT: must be a whole number from 1 to 10000"),
        ("1e3", "", "SHARD_COUNT: must be a whole number from 1 to 10000"),
        ("20000", "0", "SHARD_COUNT: must be a whole number from 1 to 10000"),
        ("", "0-3", "SHARD_IDS: this one needs SHARD_COUNT, the same in all processes"),
        ("8", "0-8", "SHARD_IDS: there is no shard 8 of 8 (SHARD_COUNT), since they are counted from 0"),
        ("8", "0-3,2", "SHARD_IDS: shard 2 is there twice"),
        *(
            ("8", wrong, "SHARD_IDS: must be numbers and ranges of them, such as 0-3,8")
            for wrong in ("3-0", "0-", "-1", "a", ",,", "0-99999999999999", "1-2-3", "²")
        ),
    ],
)
def test_shards_that_cannot_be_are_told_in_a_sentence(count: str, ids: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config({"SHARD_COUNT": count, "SHARD_IDS": ids})
    assert caught.value.problems == (problem,)


def test_a_representation_shows_no_token() -> None:
    assert TOKEN not in repr(parse_config({"DISCORD_TOKEN": TOKEN}))


def read_example() -> dict[str, str]:
    """Each variable of .env.example with the comment above it."""
    blocks = re.findall(r"((?:^# .*\n)+)^#?([A-Z_]+)=$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    return {name: comment for comment, name in blocks}


def test_the_example_has_lines_for_the_secrets_and_sets_nothing_else() -> None:
    """What is set, though empty, would hide what a host sets itself."""
    assert dotenv_values(ROOT / ".env.example") == {"DISCORD_TOKEN": "", "SECRET_KEYS": ""}


def test_the_example_documents_every_variable_and_no_other() -> None:
    assert set(read_example()) == {field.upper() for field in Config.__struct_fields__}


@pytest.mark.parametrize("name", sorted(field.upper() for field in Config.__struct_fields__))
def test_the_example_gives_kind_default_and_whether_it_is_required(name: str) -> None:
    comment = re.sub(r"\s*\n# ", " ", read_example()[name])
    default = getattr(Config(), name.lower())
    default = int(default) if isinstance(default, bool) else default
    told = {
        "DATA_DIR": "./data",
        "DATABASE_URL": "the file shiori.db in DATA_DIR",
        "LOG_FORMAT": "plain on a terminal, json elsewhere",
        "PORT": "none",
        "SHARD_COUNT": "what Discord recommends",
        "SHARD_IDS": "all",
    }
    shown = told.get(name, str(default) or "none")
    assert re.search(rf"Default: {re.escape(shown)}\.?\s*$", comment), comment
    assert re.search(r"\b(Optional|Required)\b", comment)
    assert re.search(r"\b(Text|URL|Path|One of|0 or 1|Number|IP address)\b", comment)
