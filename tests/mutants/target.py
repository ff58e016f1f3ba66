"""The files where a fault hurts most, and the tests that are to notice it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def _http(*names: str) -> Sequence[str]:
    return tuple(f"tests/http/test_{name}.py" for name in names)


# A fault is tried in the tests that are about it, the quickest first: the properties of thousands of steps would take
# most of the time and find little more.
_CLIENT = _http("outage", "client", "secret", "batch", "share")
_LANE = _http("lane", "lane_wait", "outage", "client", "share")
_GATE = (
    "tests/gate/test_rules.py",
    "tests/gate/test_setting.py",
    "tests/store/test_document.py",
    "tests/settings/test_declared.py",
)
_BAN = ("tests/picture/api/test_ban.py", "tests/service/test_ban.py")


def _without(path: str, *slow: str) -> Sequence[str]:
    """A file of tests but for those that take long and are not needed to notice most faults."""
    return (path, *(f"--deselect={path}::{name}" for name in slow))


TARGETS: Mapping[str, Sequence[str]] = {
    "bot/http/ask.py": _http("ask", "share"),
    "bot/http/batch.py": _http("batch"),
    "bot/http/cache.py": _http("cache"),
    "bot/http/circuit.py": _http("circuit"),
    "bot/http/client.py": _CLIENT,
    "bot/http/clock.py": _http("clock"),
    "bot/http/flight.py": _http("flight", "client"),
    "bot/http/lane.py": _LANE,
    "bot/http/lane_state.py": (*_http("lane"), "tests/status/test_status.py"),
    "bot/http/message.py": _http("message"),
    "bot/http/pace.py": _http("pace"),
    "bot/http/policy.py": _http("policy"),
    "bot/http/retry.py": _http("retry"),
    "bot/http/secret.py": _http("secret"),
    "bot/http/share.py": _http("share", "lane"),
    "bot/http/shared_lane.py": (*_http("shared_lane"), "tests/redis/test_lane.py"),
    "bot/http/throttle.py": _http("throttle", "lane"),
    "bot/http/time_account.py": _http("time_account"),
    "bot/http/transport.py": _http("transport"),
    "bot/http/turn.py": _http("turn"),
    "bot/http/verdict.py": _http("verdict"),
    "bot/redis/cache.py": ("tests/redis/test_cache.py",),
    "bot/http/digest.py": ("tests/redis/test_cache.py",),
    "bot/redis/connection.py": ("tests/redis/test_connection.py", "tests/redis/test_cache.py"),
    "bot/redis/flight.py": ("tests/redis/test_flight_lease.py", "tests/redis/test_flight.py"),
    "bot/redis/lane.py": tuple(f"tests/redis/test_lane{part}.py" for part in ("_book", "_script", "")),
    "bot/redis/lane_script.py": tuple(f"tests/redis/test_lane{part}.py" for part in ("_script", "_book", "")),
    "bot/redis/news.py": tuple(f"tests/redis/test_{name}.py" for name in ("news", "rest_told", "cache", "rest")),
    "bot/redis/rest.py": ("tests/redis/test_rest_told.py", "tests/redis/test_rest.py"),
    "bot/redis/shared.py": ("tests/redis/test_rest_told.py", "tests/redis/test_rest.py", "tests/redis/test_cache.py"),
    "bot/account/seal.py": ("tests/account/test_seal.py",),
    "bot/gate/chosen.py": _GATE,
    "bot/gate/setting.py": _GATE,
    "bot/gate/rules.py": _GATE,
    "bot/service/ban.py": ("tests/service/test_ban.py",),
    "bot/service/image.py": ("tests/vndb/api/test_model.py",),
    "bot/service/minor_words.py": _BAN,
    "bot/picture/api/ban.py": _BAN,
    "bot/links/markdown.py": _without(
        "tests/links/test_markdown.py",
        "test_a_message_is_read_to_its_end",
        "test_ten_times_the_message_is_ten_times_the_work",
    ),
    "bot/links/target.py": ("tests/links/test_target.py", "tests/links/test_reference.py"),
    "bot/interaction/place.py": ("tests/interaction/test_place.py",),
    "bot/store/document.py": ("tests/store/test_document.py", "tests/settings/test_declared.py"),
    "bot/follow/record.py": ("tests/store/test_follow.py", "tests/store/test_follow_apart.py"),
    "bot/vndb/api/random.py": ("tests/vndb/api/test_draw.py",),
}
