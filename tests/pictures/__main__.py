"""Takes the README's pictures in the playground: `python -m tests.pictures`, or `make pictures`."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.async_api import FloatRect, Locator, Page, async_playwright, expect

from bot.config import Config
from bot.playground.run import open_playground
from bot.playground.service import Sample
from bot.playground.service.ehentai.library import load_library
from tests.support.browser import ARGUMENTS, choose_command, find_browser, run_command, turn_to

FOLDER = Path(__file__).parents[2] / ".github"
MARGIN_PX = 12
COLOURS = 192
# The hour of the day would make every picture a new one, and so would a change of what newcomers are offered: each
# message lies where those above it leave room, to a part of a pixel.
HIDE = """selector => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${selector} { display: none; }`);
    document.adoptedStyleSheets.push(sheet);
}"""


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture: a command with its options, and the page of its card that is chosen then."""

    name: str
    command: str
    options: dict[str, str] = field(default_factory=dict[str, str])
    page: str | None = None


SHOTS = (
    Shot(name="card", command="vn info", options={"title": "v2002"}),
    Shot(name="characters", command="vn info", options={"title": "v2002"}, page="Characters"),
    Shot(name="releases", command="vn info", options={"title": "v2002"}, page="Releases"),
    Shot(name="screenshots", command="vn info", options={"title": "v2002"}, page="Screenshots"),
    Shot(name="search", command="vn search", options={"tags": "Time Travel", "min_rating": "8"}),
    Shot(name="character", command="vn character info", options={"name": "c35"}),
    Shot(name="producer", command="vn producer info", options={"name": "p24"}),
    Shot(name="user", command="vndb user", options={"user": "AyaReads"}),
    Shot(name="compare", command="vndb compare", options={"user": "testreader", "other": "AyaReads"}),
    Shot(name="anime", command="anime info", options={"title": "Steins;Gate"}),
    Shot(name="anime-search", command="anime search", options={"title": "fate"}),
)


# Of the pictures that have these tags, always the same one.
PICTURE_TAGS = "bicycle, wallpaper"
PICTURE_ARTIST = "Shiosai Paperworks"


@asynccontextmanager
async def open_tab() -> AsyncGenerator[Page]:
    """The playground in a browser, at twice the scale."""
    async with open_playground(Config(), live=False, port=0) as page, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        tab = await browser.new_page(
            viewport={"width": 960, "height": 1600}, device_scale_factor=2, locale="en-GB", timezone_id="UTC"
        )
        await tab.goto(page.url)
        await tab.evaluate(HIDE, ".m-time, .hint, .hint + p")
        yield tab
        await browser.close()


async def take(tab: Page, shot: Shot) -> None:
    """Runs the command and saves its answer, cropped to the card."""
    message = await run_command(tab, shot.command, shot.options)
    if shot.page is not None:
        await turn_to(message, shot.page)
    await take_messages(tab, shot.name, message, message)


async def take_messages(tab: Page, name: str, first: Locator, last: Locator) -> None:
    """Saves what stands from one message to another, cropped to the card of the last one."""
    await last.evaluate("item => Promise.all([...item.querySelectorAll('img')].map(image => image.decode()))")
    await leave(tab)
    await tab.locator("#scroller").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    outer, bottom, card = await measure(first), await measure(last), await measure(last.locator(".c-container"))
    width = card["x"] + card["width"] - outer["x"]
    height = bottom["y"] + bottom["height"] - outer["y"]
    await save(tab, name, {**outer, "width": width, "height": height})


async def take_picture(tab: Page) -> None:
    """Saves a picture: which one comes is chance, so it is asked again until it is that one."""
    while True:
        message = await run_command(tab, "image random", {"tags": PICTURE_TAGS})
        if await message.get_by_text(PICTURE_ARTIST).count():
            break
        # How many came before it moves nothing.
        await message.evaluate("item => { item.style.display = 'none'; }")
    await take_messages(tab, "picture", message, message)


async def take_preview(tab: Page) -> None:
    """Saves a message with a link to a gallery, and the bot's reply."""
    await tab.get_by_role("button", name="after-dark, age-restricted", exact=True).click()
    await tab.get_by_role("main").get_by_role("combobox", name="Message ").fill(load_library()[Sample.PLAIN].url)
    await tab.keyboard.press("Enter")
    messages = tab.get_by_role("log").get_by_role("article")
    await expect(messages).to_have_count(2)
    await take_messages(tab, "preview", messages.first, messages.last)


async def take_settings(tab: Page) -> None:
    """Saves the panel of the server's settings."""
    await tab.get_by_role("combobox", name="You are").select_option(label="Moderator")
    await take(tab, Shot(name="settings", command="settings server"))


async def take_completion(tab: Page) -> None:
    """Saves what is offered while a title is typed."""
    welcome = tab.locator("#welcome")
    await welcome.evaluate("box => { box.hidden = true; }")
    await choose_command(tab, "vn info")
    await tab.get_by_role("combobox", name="title").press_sequentially("fate")
    await tab.get_by_role("option", name="Fate/stay night").first.wait_for()
    offered, composer = await measure(tab.locator("#picker")), await measure(tab.locator("#composer"))
    height = composer["y"] + composer["height"] - offered["y"] - MARGIN_PX
    await save(
        tab, "completion", {**composer, "y": offered["y"], "height": height, "width": composer["width"] - MARGIN_PX}
    )
    await tab.keyboard.press("Escape")
    await welcome.evaluate("box => { box.hidden = false; }")


async def leave(tab: Page) -> None:
    """Takes the pointer and the focus away from the message, so that it looks untouched."""
    await tab.mouse.move(0, 0)
    await tab.evaluate("document.activeElement.blur()")


async def measure(place: Locator) -> FloatRect:
    """Where something stands, in CSS pixels."""
    box = await place.bounding_box()
    assert box is not None, "it is not on the page"
    return box


async def save(tab: Page, name: str, box: FloatRect) -> None:
    """Writes a part of the page, with a margin but at the left, in few colours."""
    # Whole pixels: where a part of one lies depends on what stands above.
    clip: FloatRect = {
        "x": round(box["x"]),
        "y": round(box["y"]) - MARGIN_PX,
        "width": round(box["width"]) + MARGIN_PX,
        "height": round(box["height"]) + 2 * MARGIN_PX,
    }
    png = await tab.screenshot(clip=clip, animations="disabled")
    small = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)


async def take_all() -> None:
    """All of the pictures, from one playground."""
    async with open_tab() as tab:
        await take_completion(tab)
        for shot in SHOTS:
            await take(tab, shot)
        await take_picture(tab)
        await take_preview(tab)
        await take_settings(tab)


def main() -> int:
    """Needs a Chromium, as the browser tests do."""
    if find_browser() is None:
        sys.exit("No Chromium is installed (CHROMIUM may name one).")
    asyncio.run(take_all())
    return 0


if __name__ == "__main__":
    sys.exit(main())
