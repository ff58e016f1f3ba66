"""The files where a fault hurts most, and the tests that are to notice it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_HTTP = ("tests/http",)
_BAN = ("tests/service", "tests/picture", "tests/gallery/api")

TARGETS: Mapping[str, Sequence[str]] = {
    "bot/http/ask.py": _HTTP,
    "bot/http/batch.py": _HTTP,
    "bot/http/cache.py": _HTTP,
    "bot/http/circuit.py": _HTTP,
    "bot/http/client.py": _HTTP,
    "bot/http/flight.py": _HTTP,
    "bot/http/lane.py": _HTTP,
    "bot/http/message.py": _HTTP,
    "bot/http/policy.py": _HTTP,
    "bot/http/retry.py": _HTTP,
    "bot/http/share.py": _HTTP,
    "bot/http/throttle.py": _HTTP,
    "bot/http/time_account.py": _HTTP,
    "bot/http/transport.py": _HTTP,
    "bot/http/turn.py": _HTTP,
    "bot/gate/rules.py": ("tests/gate",),
    "bot/service/ban.py": _BAN,
    "bot/service/image.py": ("tests/service", "tests/vndb/api/test_model.py"),
    "bot/service/minor_words.py": _BAN,
    "bot/picture/api/ban.py": _BAN,
    "bot/links/markdown.py": ("tests/links",),
    "bot/links/target.py": ("tests/links",),
    "bot/interaction/place.py": ("tests/interaction",),
    "bot/store/document.py": ("tests/store", "tests/settings"),
    "bot/follow/record.py": ("tests/store", "tests/follow"),
    "bot/vndb/api/random.py": ("tests/vndb/api/test_random.py",),
}
