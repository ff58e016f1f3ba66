"""The one place where requests leave the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError

from bot.errors import BadAnswer, TimedOut, Unavailable, describe_failure
from bot.http.message import Headers, Request, Response

_CHUNK_BYTES = 64 * 1024


class AiohttpTransport:
    """Sends over aiohttp: TLS verified, gzip and brotli taken, no redirects followed, no cookies kept.

    A redirect is a second request that no lane has counted, so it is returned as the answer it is.
    """

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self,
        request: Request,
        *,
        timeout_s: float,
        max_body_bytes: int,
        on_sent: Callable[[], None] | None = None,
    ) -> Response:
        """Send once. Raises TimedOut, Unavailable, or BadAnswer (the body is too large or wrongly
        compressed).
        """
        service = request.service
        try:
            async with self._open_session().request(
                request.method,
                request.url,
                data=request.body,
                headers=_build_headers(request),
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=timeout_s),
                trace_request_ctx=on_sent,
            ) as answer:
                body = await self._read_body(answer, service=service, max_body_bytes=max_body_bytes)
                return Response(answer.status, Headers(answer.headers), body)
        except TimeoutError as error:
            raise TimedOut(service, f"no answer to {request.what} within {timeout_s:g} s") from error
        except aiohttp.ClientError as error:
            raise _translate(error, request) from error
        except OSError as error:
            raise Unavailable(service, f"{request.what}: {describe_failure(error)}") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open_session(self) -> aiohttp.ClientSession:
        """The session, made when first needed: aiohttp wants a running loop for it."""
        if self._session is None:
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(_on_headers_sent)
            self._session = aiohttp.ClientSession(
                headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip, br"},
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[trace],
            )
            # By itself it sends a GET, PUT or DELETE once more whose connection is lost: at once, past every limit.
            self._session._retry_connection = False  # pyright: ignore[reportPrivateUsage] - nothing else says so
        return self._session

    async def _read_body(self, answer: aiohttp.ClientResponse, *, service: str, max_body_bytes: int) -> bytes:
        """The decompressed body. aiohttp inflates piece by piece, so a small bomb never unfolds in memory. A connection
        that is left before its end is closed by aiohttp, too.
        """
        if (answer.content_length or 0) > max_body_bytes:
            raise BadAnswer(service, f"a body of {answer.content_length} bytes", status=answer.status)
        body = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
            body += chunk
            if len(body) > max_body_bytes:
                raise BadAnswer(service, f"a body over {max_body_bytes} bytes", status=answer.status)
        return bytes(body)


def _build_headers(request: Request) -> Mapping[str, str]:
    """Only here a token stands in the clear."""
    if request.credential is None:
        return request.headers
    return {**request.headers, "Authorization": request.credential.render()}


def _translate(error: aiohttp.ClientError, request: Request) -> Exception:
    """Wrongly compressed: a bad answer. The rest is a connection that failed: also one that is not HTTP, since that may
    be what a body was too long for, and says nothing of the next answer.

    Its text could hold the whole address.
    """
    reason = f"{request.what}: {describe_failure(error)}"
    if isinstance(error, aiohttp.InvalidURL):
        return error  # our own mistake
    if isinstance(error.__cause__, ContentEncodingError):
        return BadAnswer(request.service, reason)
    return Unavailable(request.service, reason)


async def _on_headers_sent(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceRequestHeadersSentParams
) -> None:
    """aiohttp calls this when a connection stands and just before the first byte is written."""
    on_sent: Callable[[], None] | None = context.trace_request_ctx
    if on_sent is not None:
        on_sent()
