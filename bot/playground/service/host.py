"""Starts the sample services on loopback."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.playground.service.vndb import SampleVndb

_HOST = "127.0.0.1"


@dataclass
class SampleServices:
    """The running services: where each API begins, and the services themselves, for tests to switch."""

    vndb_url: str
    vndb: SampleVndb
    runner: web.AppRunner

    @property
    def data_note(self) -> str:
        """What kind of data this is, in words for people."""
        return self.vndb.library.note

    async def stop(self) -> None:
        """Close the port and every connection; whoever waits for an answer is let go."""
        self.vndb.close()
        await self.runner.cleanup()


async def start_sample_services(port: int = 0, *, vndb: SampleVndb | None = None) -> SampleServices:
    """Serve the sample services on 127.0.0.1, on a free port by default."""
    service = vndb or SampleVndb()
    runner = web.AppRunner(service.build_app(), access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, _HOST, port).start()
    service.address = f"http://{_HOST}:{runner.addresses[0][1]}"
    return SampleServices(f"{service.address}/kana", service, runner)
