"""Starts the sample services on loopback."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.playground.service.ehentai import SampleEhentai
from bot.playground.service.vndb import SampleVndb

_HOST = "127.0.0.1"


@dataclass
class SampleServices:
    """The running services: where each API is, and the services themselves, for tests to switch."""

    vndb_url: str
    vndb: SampleVndb
    ehentai_url: str
    ehentai: SampleEhentai
    runners: tuple[web.AppRunner, ...]

    @property
    def data_note(self) -> str:
        """What kind of data this is, in words for people."""
        return f"{self.vndb.library.note} {self.ehentai.library.note}"

    async def stop(self) -> None:
        """Close the ports and every connection; whoever waits for an answer is let go."""
        self.vndb.close()
        self.ehentai.close()
        for runner in self.runners:
            await runner.cleanup()


async def start_sample_services(
    port: int = 0, *, vndb: SampleVndb | None = None, ehentai: SampleEhentai | None = None
) -> SampleServices:
    """Serve the sample services on 127.0.0.1, each on a free port by default; `port` is VNDB's."""
    novels, galleries = vndb or SampleVndb(), ehentai or SampleEhentai()
    novel_runner, novels.address = await _serve(novels.build_app(), port)
    gallery_runner, galleries.address = await _serve(galleries.build_app(), 0)
    return SampleServices(
        f"{novels.address}/kana",
        novels,
        f"{galleries.address}/api.php",
        galleries,
        (novel_runner, gallery_runner),
    )


async def _serve(app: web.Application, port: int) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, _HOST, port).start()
    return runner, f"http://{_HOST}:{runner.addresses[0][1]}"
