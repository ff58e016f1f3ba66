"""Why something cannot be reached or read, in words."""

from __future__ import annotations

import errno
import socket
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from bot.errors import describe_failure

KEY = ConnectionKey("host", 443, True, True, None, None, None)
BOTH = "Multiple exceptions: [Errno 111] Connect call failed ('::1', 1, 0, 0), [Errno 111] Connect call failed"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "secret"), "Connection refused"),
        (OSError(BOTH), "Connection refused"),
        (socket.gaierror(socket.EAI_NONAME, "secret"), "no such host name"),
        (socket.gaierror(socket.EAI_AGAIN, "secret"), "its name cannot be looked up"),
        (aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(socket.EAI_NONAME, "secret")), "no such host name"),
        (aiohttp.ClientConnectorError(KEY, OSError(errno.EHOSTUNREACH, "secret")), "No route to host"),
        (aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError(1, "secret")),
         "its certificate is not trusted"),
        (ssl.SSLError(1, "secret"), "no TLS there"),
        (TimeoutError(), "no answer in time"),
        (aiohttp.ServerDisconnectedError(), "ServerDisconnectedError"),
        (OSError("secret"), "OSError"),
    ],
)  # fmt: skip
def test_a_failure_is_told_in_words_and_not_by_its_text(error: Exception, words: str) -> None:
    assert describe_failure(error) == words
