"""Takes the documents' pictures in the playground: `python -m tests.pictures`, or `make pictures`.

Each shows one kind of card as a wide window and as a phone have it, side by side. Words choose some of them:
`make pictures ARGS='novel anime'`.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.async_api import FloatRect, Locator, Page, ViewportSize, async_playwright, expect

from bot.config import Config
from bot.playground.run import open_playground
from bot.playground.service import Sample
from bot.playground.service.ehentai.library import load_library
from tests.support.browser import ARGUMENTS, choose_command, find_browser, run_command, turn_to

FOLDER = Path(__file__).parents[2] / ".github"
WIDE: ViewportSize = {"width": 1000, "height": 2400}
NARROW: ViewportSize = {"width": 390, "height": 2400}
SCALE = 1.5
MARGIN_PX = 12
GAP_PX = 24
REDRAW_MS = 500  # somebody else sees other messages
QUALITY = 70  # of WebP: text keeps its edges
BACKGROUND = "#1a1a1e"  # the page's own
# The hour of the day would make every picture a new one, and so would a change of what newcomers are offered: each
# message lies where those above it leave room, to a part of a pixel.
HIDE = """selector => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${selector} { display: none; }`);
    document.adoptedStyleSheets.push(sheet);
}"""


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture: a command with its options, then the page that is chosen or the button that is pressed."""

    name: str
    command: str
    options: dict[str, str] = field(default_factory=dict[str, str])
    page: str | None = None
    press: str | None = None
    who: str = "Reader"


NOVEL, ANIME = {"title": "v2002"}, {"title": "Steins;Gate"}
SHOTS = (
    Shot(name="help", command="help"),
    Shot(name="status", command="status"),
    Shot(name="novel", command="vn info", options=NOVEL),
    Shot(name="novel-details", command="vn info", options=NOVEL, page="Details"),
    Shot(name="characters", command="vn info", options=NOVEL, page="Characters"),
    Shot(name="releases", command="vn info", options=NOVEL, page="Releases"),
    Shot(name="novel-staff", command="vn info", options=NOVEL, page="Staff"),
    Shot(name="novel-tags", command="vn info", options=NOVEL, page="Tags"),
    Shot(name="screenshots", command="vn info", options=NOVEL, page="Screenshots"),
    Shot(name="search", command="vn search", options={"tags": "Time Travel", "min_rating": "8"}),
    Shot(name="covers", command="vn top", press="Covers"),
    Shot(name="upcoming", command="vn upcoming"),
    Shot(name="character", command="vn character info", options={"name": "c35"}),
    Shot(name="character-birthday", command="vn character birthday", options={"day": "12-14"}),
    Shot(name="release", command="vn release info", options={"title": "r129"}),
    Shot(name="staff", command="vn staff info", options={"name": "s33"}),
    Shot(name="producer", command="vn producer info", options={"name": "p24"}),
    Shot(name="tag", command="vn tag info", options={"name": "Time Travel"}),
    Shot(name="trait", command="vn trait info", options={"name": "Tsundere"}),
    Shot(name="quote", command="vn quote", options=NOVEL),
    Shot(name="near", command="vn info", options={"title": "stiens gatr"}),
    Shot(name="user", command="vndb user", options={"user": "AyaReads"}),
    Shot(name="list", command="vndb list", options={"user": "AyaReads"}),
    Shot(name="compare", command="vndb compare", options={"user": "testreader", "other": "AyaReads"}),
    Shot(name="recommend", command="vn recommend", options={"user": "AyaReads"}),
    Shot(name="link", command="vndb link"),
    Shot(name="vndb-stats", command="vndb stats"),
    Shot(name="anime", command="anime info", options=ANIME),
    Shot(name="anime-details", command="anime info", options=ANIME, page="Details"),
    Shot(name="anime-characters", command="anime info", options=ANIME, page="Characters"),
    Shot(name="anime-search", command="anime search", options={"title": "fate"}),
    Shot(name="season", command="anime season"),
    Shot(name="airing", command="anime airing"),
    Shot(name="anime-character", command="anime character info", options={"name": "Kurisu"}, who="Moderator"),
    Shot(name="anime-staff", command="anime staff info", options={"name": "minase"}, who="Moderator"),
    Shot(name="studio", command="anime studio info", options={"name": "WHITE FOX"}, who="Moderator"),
    Shot(name="manga", command="manga info", options={"title": "Steins;Gate"}, who="Moderator"),
    Shot(name="anilist-user", command="anilist user", options={"user": "Natsukaze"}, who="Owner"),
    Shot(name="anilist-list", command="anilist list", options={"user": "Natsukaze"}, who="Owner"),
    Shot(
        name="anilist-compare",
        command="anilist compare",
        options={"user": "Natsukaze", "other": "shiori_sample"},
        who="Owner",
    ),
    Shot(name="follow", command="follow anime", options={"title": "Yoru no Toshokan"}),
    Shot(name="follow-list", command="follow list"),
    Shot(name="image-search", command="image search"),
    Shot(name="me", command="me"),
    Shot(name="settings-why", command="settings why", who="Moderator"),
)


# Of the pictures that have these tags, always the same one.
PICTURE_TAGS = "bicycle, wallpaper"
PICTURE_ARTIST = "Shiosai Paperworks"


@asynccontextmanager
async def open_tab() -> AsyncGenerator[Page]:
    """The playground in a browser, with more pixels than a plain screen has."""
    async with open_playground(Config(), live=False, port=0) as page, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        tab = await browser.new_page(
            viewport=WIDE, device_scale_factor=SCALE, locale="en-GB", timezone_id="UTC", reduced_motion="reduce"
        )
        await tab.goto(page.url)
        await tab.evaluate(HIDE, ".m-time, .hint, .hint + p")
        yield tab
        await browser.close()


async def take(tab: Page, shot: Shot) -> None:
    """Runs the command and saves its answer."""
    await tab.get_by_role("combobox", name="You are").select_option(label=shot.who)
    await tab.wait_for_timeout(REDRAW_MS)
    message = await run_command(tab, shot.command, shot.options)
    if shot.page is not None:
        await turn_to(message, shot.page)
    if shot.press is not None:
        await message.get_by_role("button", name=shot.press).click()
        await expect(message.locator("[aria-busy]")).to_have_count(0)
    await take_messages(tab, shot.name, message, message)


async def take_messages(tab: Page, name: str, first: Locator, last: Locator) -> None:
    """Saves what stands from one message to another, as both windows have it."""
    pictures: list[Image.Image] = []
    for window in (WIDE, NARROW):
        await tab.set_viewport_size(window)
        await last.evaluate("item => Promise.all([...item.querySelectorAll('img')].map(image => image.decode()))")
        await leave(tab)
        await tab.locator("#scroller").evaluate("box => box.scrollTo(0, box.scrollHeight)")
        outer, bottom = await measure(first), await measure(last)
        right = max([box["x"] + box["width"] for box in await measure_all(last.locator(".c-container, .m-content"))])
        box: FloatRect = {
            **outer,
            "width": right - outer["x"],
            "height": bottom["y"] + bottom["height"] - outer["y"],
        }
        pictures.append(await shoot(tab, box))
    await tab.set_viewport_size(WIDE)
    save(name, pictures)


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


async def take_my_list(tab: Page) -> None:
    """Saves the panel of one's own list: a token is linked first, and nothing of that is shown."""
    token = await tab.locator("code.token").text_content()
    linked = await run_command(tab, "vndb link")
    await linked.get_by_role("button", name="Enter the token").click()
    dialog = tab.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill(token or "")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(linked).to_contain_text("Linked")
    card = await run_command(tab, "vn info", {"title": "v17"})
    await card.get_by_role("button", name="My list").click()
    panel = tab.get_by_role("log").get_by_role("article").last
    await expect(panel).to_contain_text("Your list on VNDB")
    await take_messages(tab, "my-list", panel, panel)


async def take_settings(tab: Page) -> None:
    """Saves the panel of the server's settings."""
    await take(tab, Shot(name="settings", command="settings server", who="Moderator"))


async def take_completion(tab: Page) -> None:
    """Saves what is offered while a title is typed."""
    welcome = tab.locator("#welcome")
    await welcome.evaluate("box => { box.hidden = true; }")
    await choose_command(tab, "vn info")
    await tab.get_by_role("combobox", name="title").press_sequentially("fate")
    await tab.get_by_role("option", name="Fate/stay night").first.wait_for()
    pictures: list[Image.Image] = []
    for window in (WIDE, NARROW):
        await tab.set_viewport_size(window)
        offered, composer = await measure(tab.locator("#picker")), await measure(tab.locator("#composer"))
        height = composer["y"] + composer["height"] - offered["y"] - MARGIN_PX
        pictures.append(
            await shoot(tab, {**composer, "y": offered["y"], "height": height, "width": composer["width"] - MARGIN_PX})
        )
    await tab.set_viewport_size(WIDE)
    save("completion", pictures)
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


async def measure_all(places: Locator) -> list[FloatRect]:
    return [await measure(place) for place in await places.all()]


async def shoot(tab: Page, box: FloatRect) -> Image.Image:
    """A part of the page, with a margin but at the left."""
    # Whole pixels: where a part of one lies depends on what stands above.
    clip: FloatRect = {
        "x": round(box["x"]),
        "y": round(box["y"]) - MARGIN_PX,
        "width": round(box["width"]) + MARGIN_PX,
        "height": round(box["height"]) + 2 * MARGIN_PX,
    }
    return Image.open(io.BytesIO(await tab.screenshot(clip=clip, animations="disabled"))).convert("RGB")


def save(name: str, pictures: list[Image.Image]) -> None:
    """Writes pictures side by side."""
    gap = round(GAP_PX * SCALE)
    width = sum(picture.width for picture in pictures) + gap * (len(pictures) - 1)
    whole = Image.new("RGB", (width, max(picture.height for picture in pictures)), BACKGROUND)
    left = 0
    for picture in pictures:
        whole.paste(picture, (left, 0))
        left += picture.width + gap
    whole.save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


async def take_all(words: list[str]) -> None:
    """Those pictures whose names have one of the words, or all, from one playground."""
    others = {
        "completion": take_completion,
        "picture": take_picture,
        "my-list": take_my_list,
        "settings": take_settings,
        "preview": take_preview,
    }
    async with open_tab() as tab:
        for shot in SHOTS:
            if is_wanted(shot.name, words):
                await take(tab, shot)
        for name, take_it in others.items():
            if is_wanted(name, words):
                await take_it(tab)


def is_wanted(name: str, words: list[str]) -> bool:
    return not words or any(word in name for word in words)


def main(words: list[str]) -> int:
    """Needs a Chromium, as the browser tests do."""
    if find_browser() is None:
        sys.exit("No Chromium is installed (CHROMIUM may name one).")
    asyncio.run(take_all(words))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
