"""`/vn quote`, as people use it."""

from __future__ import annotations

from typing import Any

from bot.playground.engine import selects, texts
from tests.flow.conftest import Place
from tests.flow.entry_message import turn
from tests.flow.vn_message import choose

Payload = dict[str, Any]


async def ask(place: Place, title: str) -> Payload:
    return await (await place.reader.slash(place.general, "vn quote", title=title)).message()


async def test_a_random_quote_leads_to_its_novel_and_to_another_one_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        quote = await (await unconnected.reader.slash(unconnected.general, "vn quote")).message()
        assert texts(quote).startswith("> ")
    async with unconnected.connected():
        seen = {texts(quote)}
        for _ in range(5):
            quote = await turn(unconnected, quote, "Another one")
            seen.add(texts(quote))
        assert len(seen) > 1
        novel = selects(quote)[0]["options"][0]["value"]
        card = await (await choose(unconnected.reader, quote, novel)).message()
        assert texts(card).startswith("## ")
        assert texts(await turn(unconnected, card, "Back")) == texts(quote)


async def test_a_novel_without_quotes_says_so(shared: Place) -> None:
    assert "No quotes at VNDB yet." in texts(await ask(shared, "v90002"))


async def test_many_quotes_take_further_pages(shared: Place) -> None:
    first = await ask(shared, "v90001")
    second = await turn(shared, first, "Next")
    assert all(f"line {n}," in texts(first) + texts(second) for n in range(1, 41))
