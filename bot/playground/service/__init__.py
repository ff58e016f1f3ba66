"""Services on loopback that answer as the real ones do, from sample data, and hold the published limits."""

from bot.playground.service.amvstrm.server import SampleAmvstrm
from bot.playground.service.anilist.data import AnilistSample
from bot.playground.service.anilist.server import SampleAnilist
from bot.playground.service.ehentai.data import Sample
from bot.playground.service.ehentai.server import SampleEhentai
from bot.playground.service.host import SampleServices, start_sample_services
from bot.playground.service.limit import ExecutionTime, SlidingWindow
from bot.playground.service.nekos.server import SampleNekos
from bot.playground.service.request import SeenRequest
from bot.playground.service.vndb.server import SampleVndb

__all__ = [
    "AnilistSample",
    "ExecutionTime",
    "Sample",
    "SampleAmvstrm",
    "SampleAnilist",
    "SampleEhentai",
    "SampleNekos",
    "SampleServices",
    "SampleVndb",
    "SeenRequest",
    "SlidingWindow",
    "start_sample_services",
]
