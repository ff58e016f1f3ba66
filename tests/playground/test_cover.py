"""The sample pictures as a browser draws them."""

from __future__ import annotations

import pytest
from playwright.async_api import Page

from bot.playground.service.cover import draw_cover
from bot.playground.service.nekos.data import load_pictures
from tests.support.browser import find_browser

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(find_browser() is None, reason="no Chromium found (set CHROMIUM to its path)"),
]

TITLE = "Every Station of the Northern Line, Photographed Twice"
SHAPES = [(600, 848), (256, 300), (400, 275), (500, 500), (300, 900)]
# The texts of each picture that do not lie within it, and those that lie on one another.
FIND_CUT = """() => [...document.querySelectorAll("svg")].flatMap((picture) => {
    const frame = picture.getBoundingClientRect();
    const texts = [...picture.querySelectorAll("text")].filter((text) => text.textContent);
    const boxes = texts.map((text) => text.getBoundingClientRect());
    const isWithin = (box) => box.left >= frame.left && box.right <= frame.right && box.bottom <= frame.bottom;
    const isBelow = (box, index) => box.top >= (index > 0 ? boxes[index - 1].bottom : frame.top);
    const isBeside = (box, index) => index > 0 && box.left >= boxes[index - 1].right;
    const isWhole = (box, index) => isWithin(box) && (isBelow(box, index) || isBeside(box, index));
    return texts.filter((_, index) => !isWhole(boxes[index], index)).map((text) => text.textContent);
})"""


async def test_the_letters_of_a_picture_are_whole_whatever_its_shape(browser_tab: Page) -> None:
    drawn = [draw_cover(TITLE, subtitle="Image Set", width=w, height=h, note="a sample") for w, h in SHAPES]
    drawn += [picture.draw() for picture in load_pictures()]
    await browser_tab.set_content("".join(drawn))
    assert await browser_tab.evaluate(FIND_CUT) == []


async def test_a_cover_has_its_whole_title_whatever_its_shape(browser_tab: Page) -> None:
    drawn = [draw_cover(TITLE, subtitle="", width=width, height=height) for width, height in SHAPES]
    await browser_tab.set_content("".join(drawn))
    letters = await browser_tab.locator("svg").all_text_contents()
    assert {text.replace(" ", "") for text in letters} == {TITLE.replace(" ", "")}
