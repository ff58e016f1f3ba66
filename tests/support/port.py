"""Ports for servers that are told which to listen on."""

from __future__ import annotations

import random
import socket

_BELOW = 32_768
"""From here on systems take ports for connections that go out: one of these may be gone before a server listens on it,
or between its end and its next start.
"""


def choose_port() -> int:
    """A port on loopback that nobody listens on."""
    for port in random.sample(range(20_000, _BELOW), 100):
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise RuntimeError("of a hundred ports none is free")
