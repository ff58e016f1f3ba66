"""The page by the keyboard alone: where the focus is, and that it comes back."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bot.playground.engine import Person
from tests.support.browser import find_browser
from tests.support.page_scene import Scene, open_scene

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(find_browser() is None, reason="no Chromium found (set CHROMIUM to its path)"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def scene(browser_tab: Page) -> AsyncGenerator[Scene]:
    async with open_scene(browser_tab) as scene:
        yield scene


async def post(scene: Scene) -> Locator:
    """A message of one's own."""
    await scene.composer().fill("first words")
    await scene.tab.keyboard.press("Enter")
    return scene.message("words")


async def press(scene: Scene, button: Locator, key: str = "Enter") -> None:
    await button.focus()
    await scene.tab.keyboard.press(key)


# The menu of a message


@pytest.mark.parametrize("left_by", ["Escape", "choosing"])
async def test_whoever_leaves_the_menu_of_a_message_is_where_they_were(scene: Scene, left_by: str) -> None:
    more = (await post(scene)).get_by_role("button", name="More")
    await press(scene, more)
    menu = scene.tab.get_by_role("menu")
    await expect(menu.get_by_role("menuitem", name="Edit message")).to_be_focused()
    if left_by == "Escape":
        await scene.tab.keyboard.press("Escape")
    else:
        await press(scene, menu.get_by_role("menuitem", name="Count letters"))
        await expect(scene.message("11 letters")).to_be_visible()
    await expect(menu).to_have_count(0)
    await expect(more).to_be_focused()


@pytest.mark.parametrize(("key", "beside"), [("Tab", "Use a command"), ("Shift+Tab", "Delete")])
async def test_the_menu_of_a_message_goes_when_the_keyboard_leaves_it(scene: Scene, key: str, beside: str) -> None:
    await press(scene, (await post(scene)).get_by_role("button", name="More"))
    await expect(scene.tab.get_by_role("menuitem").first).to_be_focused()
    await scene.tab.keyboard.press(key)
    await expect(scene.tab.get_by_role("menu")).to_have_count(0)
    await expect(scene.tab.locator(":focus")).to_have_attribute("aria-label", beside)


async def test_a_tool_of_a_message_keeps_the_focus_when_the_message_is_drawn_again(scene: Scene) -> None:
    mine = await post(scene)
    await mine.get_by_role("button", name="More").focus()
    reader = Person(scene.world, scene.world.reader)
    await reader.edit(reader.messages(scene.world.general)[-1], "second words")
    await expect(mine).to_contain_text("second words")
    await expect(mine.get_by_role("button", name="More")).to_be_focused()


@pytest.mark.parametrize("key", ["Escape", "Enter"])
async def test_whoever_is_done_with_an_edit_can_write_the_next_message(scene: Scene, key: str) -> None:
    await press(scene, (await post(scene)).get_by_role("button", name="Edit"))
    await press(scene, scene.tab.get_by_role("textbox", name="Edit message"), key)
    await expect(scene.composer()).to_be_focused()
