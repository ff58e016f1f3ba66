"""The files where a fault hurts most, and the tests that are to notice it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


# The properties with thousands of steps are left out: they take longer than they find more.
def _http(*names: str) -> Sequence[str]:
    return tuple(f"tests/http/test_{name}.py" for name in names)


# A fault is tried in the tests that are about it, the quickest first: the properties of thousands of steps would take
# most of the time and find little more.
_CLIENT = _http("outage", "client", "batch", "share")
_LANE = _http("lane", "lane_wait", "outage", "client", "share")
_MARKDOWN = "tests/links/test_markdown.py"
_SLOW_MARKDOWN = ("test_a_message_is_read_to_its_end", "test_ten_times_the_message_is_ten_times_the_work")
_BAN = ("tests/picture/api/test_ban.py", "tests/service/test_ban.py")

TARGETS: Mapping[str, Sequence[str]] = {
    "bot/http/ask.py": _http("ask", "share"),
    "bot/http/batch.py": _http("batch"),
    "bot/http/cache.py": _http("cache"),
    "bot/http/circuit.py": _http("circuit"),
    "bot/http/client.py": _CLIENT,
    "bot/http/flight.py": _http("flight", "client"),
    "bot/http/lane.py": _LANE,
    "bot/http/message.py": _http("client", "transport"),
    "bot/http/policy.py": _http("time_account", "client", "lane"),
    "bot/http/retry.py": _http("retry"),
    "bot/http/share.py": _http("share", "lane"),
    "bot/http/throttle.py": _http("throttle", "lane"),
    "bot/http/time_account.py": _http("time_account"),
    "bot/http/transport.py": _http("transport"),
    "bot/http/turn.py": _http("turn"),
    "bot/gate/rules.py": ("tests/gate/test_rules.py",),
    "bot/service/ban.py": ("tests/service/test_ban.py",),
    "bot/service/image.py": ("tests/vndb/api/test_model.py", "tests/service"),
    "bot/service/minor_words.py": _BAN,
    "bot/picture/api/ban.py": _BAN,
    "bot/links/markdown.py": (_MARKDOWN, *(f"--deselect={_MARKDOWN}::{name}" for name in _SLOW_MARKDOWN)),
    "bot/links/target.py": ("tests/links/test_target.py", "tests/links/test_reference.py"),
    "bot/interaction/place.py": ("tests/interaction/test_place.py",),
    "bot/store/document.py": ("tests/store/test_document.py",),
    "bot/store/follow.py": ("tests/store/test_follow.py", "tests/follow/test_list.py"),
    "bot/vndb/api/random.py": ("tests/vndb/api/test_random.py",),
}
