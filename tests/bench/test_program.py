"""The bench measures what there is: both bots start, answer alike, and turn a page."""

from __future__ import annotations

from bot.playground.service import start_sample_services
from tests.bench.answer import open_both


async def test_both_bots_show_the_same_card_and_turn_its_page() -> None:
    services = await start_sample_services()
    try:
        async with open_both(services) as (shiori, constant, card, shown):
            for program, message in ((shiori, card), (constant, shown)):
                await program.use("v17")
                await program.turn(message)
            await shiori.type("ever")
    finally:
        await services.stop()
