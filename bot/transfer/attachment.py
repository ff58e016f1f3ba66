"""Files that people attach to a command: fetched from where Discord keeps them, and from nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.errors import InvalidInput, Rejected
from bot.http import Client, Policy, Request, Window
from bot.transfer.model import FILE_AT_MOST

SERVICE = "Discord"
_MEGABYTE = 1024 * 1024

_ORIGINS = (("https", "cdn.discordapp.com"), ("https", "media.discordapp.net"))
"""https://discord.com/developers/docs/reference#cdn-formatting, and what attachments are proxied by."""


def policy() -> Policy:
    """Nothing is published for files; nobody here needs many."""
    return Policy(
        service=SERVICE, windows=(Window(60, 60.0),), concurrency=4, timeout_s=20.0, max_body_bytes=FILE_AT_MOST
    )


class Attachments:
    """`api_url` is where Discord is asked: a local one keeps its files there too."""

    def __init__(self, client: Client, *, api_url: str) -> None:
        self._client = client
        self._origins = {*_ORIGINS, _read_origin(api_url)}

    async def fetch(self, url: str, *, size: int) -> bytes:
        """The bytes of a file that Discord says is so large. Raises `InvalidInput` and `ServiceError`."""
        if size > FILE_AT_MOST:
            raise InvalidInput("file", f"is larger than {FILE_AT_MOST // _MEGABYTE} MB, which is the most that is read")
        if _read_origin(url) not in self._origins:
            raise InvalidInput("file", "is not kept by Discord, so it is not fetched")
        try:
            return (await self._client.send(Request(SERVICE, "attached file", "GET", url))).body
        except Rejected:
            raise InvalidInput("file", "is not there any more. Please attach it once more") from None


def _read_origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
