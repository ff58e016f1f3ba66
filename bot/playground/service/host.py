"""Starts the sample services on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from bot.playground.service.amvstrm.server import SampleAmvstrm
from bot.playground.service.anilist.server import SampleAnilist
from bot.playground.service.ehentai.server import SampleEhentai
from bot.playground.service.nekos.server import SampleNekos
from bot.playground.service.sample import SampleService
from bot.playground.service.vndb.server import SampleVndb

_HOST = "127.0.0.1"


@dataclass
class SampleServices:
    """The running services, for tests to switch. amvstrm asks the sample AniList."""

    vndb: SampleVndb = field(default_factory=SampleVndb)
    ehentai: SampleEhentai = field(default_factory=SampleEhentai)
    anilist: SampleAnilist = field(default_factory=SampleAnilist)
    nekos: SampleNekos = field(default_factory=SampleNekos)

    def __post_init__(self) -> None:
        self.amvstrm = SampleAmvstrm(self.anilist)
        self._runners: list[web.AppRunner] = []

    @property
    def api_urls(self) -> Mapping[str, str]:
        """Where each API is, by the name of its variable in the configuration; not of amvstrm, which few hosts have."""
        return {one.variable: one.api_url for one in self._list() if one is not self.amvstrm}

    async def start(self) -> None:
        """Serve each on a free port of 127.0.0.1."""
        for service in self._list():
            runner = web.AppRunner(service.build_app(), access_log=None, handler_cancellation=True, shutdown_timeout=1)
            self._runners.append(runner)
            await runner.setup()
            await web.TCPSite(runner, _HOST, 0).start()
            service.address = f"http://{_HOST}:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Close the ports and every connection; whoever waits for an answer is let go."""
        for service in self._list():
            service.close()
        for runner in self._runners:
            await runner.cleanup()

    def _list(self) -> list[SampleService[str]]:
        return [one for one in vars(self).values() if isinstance(one, SampleService)]


async def start_sample_services(
    *, vndb: SampleVndb | None = None, ehentai: SampleEhentai | None = None
) -> SampleServices:
    """All of them, serving."""
    services = SampleServices(vndb or SampleVndb(), ehentai or SampleEhentai())
    await services.start()
    return services
