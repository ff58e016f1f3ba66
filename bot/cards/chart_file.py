"""Charts as files to send."""

from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor

import discord

from bot.cards.chart import Chart

# One after another: who asks for a chart that is just being drawn gets that one, and not all the processor is taken.
_DRAWING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chart")


async def fetch_chart(chart: Chart) -> bytes:
    """The picture of a chart, a PNG. It is drawn in a thread, since that takes long enough to hold everybody up."""
    from bot.cards.chart_picture import draw_chart  # noqa: PLC0415 - Pillow takes memory that many hosts never need

    return await asyncio.get_running_loop().run_in_executor(_DRAWING, draw_chart, chart)


def build_chart_file(picture: bytes) -> discord.File:
    """That picture, to be sent with one message."""
    return discord.File(io.BytesIO(picture), filename="chart.png")
