"""Starts the sample services on loopback."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.playground.service.amvstrm.server import SampleAmvstrm
from bot.playground.service.anilist.server import SampleAnilist
from bot.playground.service.ehentai.server import SampleEhentai
from bot.playground.service.nekos.server import SampleNekos
from bot.playground.service.vndb.server import SampleVndb

_HOST = "127.0.0.1"


@dataclass
class SampleServices:
    """The running services, for tests to switch, and where each API is."""

    vndb: SampleVndb
    ehentai: SampleEhentai
    anilist: SampleAnilist
    amvstrm: SampleAmvstrm
    nekos: SampleNekos
    runners: tuple[web.AppRunner, ...] = ()

    @property
    def vndb_url(self) -> str:
        return f"{self.vndb.address}/kana"

    @property
    def ehentai_url(self) -> str:
        return f"{self.ehentai.address}/api.php"

    @property
    def anilist_url(self) -> str:
        return self.anilist.address

    @property
    def amvstrm_url(self) -> str:
        return self.amvstrm.address

    @property
    def nekos_url(self) -> str:
        """Version 4; version 1 is at `nekos.address` and `/api`."""
        return f"{self.nekos.address}/v4"

    @property
    def data_note(self) -> str:
        """What kind of data this is, in words for people."""
        return " ".join([self.vndb.library.note, self.ehentai.library.note, self.anilist.library.note, self.nekos.note])

    async def stop(self) -> None:
        """Close the ports and every connection; whoever waits for an answer is let go."""
        for service in (self.vndb, self.ehentai, self.anilist, self.amvstrm, self.nekos):
            service.close()
        for runner in self.runners:
            await runner.cleanup()


async def start_sample_services(
    port: int = 0, *, vndb: SampleVndb | None = None, ehentai: SampleEhentai | None = None
) -> SampleServices:
    """Serve the sample services on 127.0.0.1, each on a free port by default; `port` is VNDB's."""
    anilist = SampleAnilist()
    services = SampleServices(
        vndb or SampleVndb(), ehentai or SampleEhentai(), anilist, SampleAmvstrm(anilist), SampleNekos()
    )
    services.runners = (
        await _serve(services.vndb, port),
        await _serve(services.ehentai, 0),
        await _serve(services.anilist, 0),
        await _serve(services.amvstrm, 0),
        await _serve(services.nekos, 0),
    )
    return services


_Service = SampleVndb | SampleEhentai | SampleAnilist | SampleAmvstrm | SampleNekos


async def _serve(service: _Service, port: int) -> web.AppRunner:
    runner = web.AppRunner(service.build_app(), access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, _HOST, port).start()
    service.address = f"http://{_HOST}:{runner.addresses[0][1]}"
    return runner
