"""Whether an answer to an interaction is sent, and whether Discord is asked to tell what became of it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

if TYPE_CHECKING:
    from discord.http import MultipartParameters


class _Unasked(AsyncWebhookAdapter):
    """discord.py asks for the whole message that it just sent (`with_response`), and makes an object of it: a seventh
    of what an answer costs. Without, Discord says that it took the answer, and nothing else.
    """

    async def create_interaction_response(  # pyright: ignore[reportIncompatibleMethodOverride] - a coroutine, too
        self,
        interaction_id: int,
        token: str,
        *,
        session: Any,
        proxy: str | None = None,
        proxy_auth: Any = None,
        params: MultipartParameters,
    ) -> dict[str, Any]:
        path = "/interactions/{webhook_id}/{webhook_token}/callback"
        await self.request(
            Route("POST", path, webhook_id=interaction_id, webhook_token=token),
            session=session,
            proxy=proxy,
            proxy_auth=proxy_auth,
            payload=params.payload,
            multipart=params.multipart,
            files=params.files,
        )
        return {"interaction": {"id": str(interaction_id)}}  # all that discord.py must know


class _Unsent(_Unasked):
    """Whether an answer was taken discord.py knows only where Discord said so, and then sends it again."""

    async def request(self, *_: Any, **__: Any) -> None:
        """Nothing is sent."""


_UNASKED, _UNSENT, _ASKED = _Unasked(), _Unsent(), AsyncWebhookAdapter()


@contextmanager
def ask_for_message(wanted: bool) -> Generator[None]:
    """Whether the answer to an interaction that is sent inside has the message's id."""
    token = async_context.set(_ASKED if wanted else _UNASKED)
    try:
        yield
    finally:
        async_context.reset(token)


def answer_no_more() -> None:
    """All is said: what discord.py would answer from now on, in whatever has called this, is not sent."""
    async_context.set(_UNSENT)
