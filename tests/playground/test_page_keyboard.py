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


# The channels


async def test_a_channel_in_the_list_keeps_the_focus_when_it_is_drawn_again(scene: Scene) -> None:
    await find_channel(scene, "What are you reading?").focus()
    await Person(scene.world, scene.world.owner).post(scene.world.general_thread, "something new")
    await expect(scene.tab.locator(".channel-entry.unread")).to_have_count(1)
    await expect(find_channel(scene, "What are you reading?")).to_be_focused()
    await press(scene, find_channel(scene, "after-dark-shelf, age-restricted"))
    await expect(scene.tab.get_by_role("button", name="New post")).to_be_visible()
    await expect(find_channel(scene, "after-dark-shelf, age-restricted")).to_be_focused()


# The same on a narrow screen


async def open_channels(scene: Scene) -> Locator:
    """Opens the channels that lie over the messages; returns the button for it."""
    await scene.tab.set_viewport_size({"width": 390, "height": 780})
    await expect(find_channel(scene, "general")).to_have_count(0)
    button = scene.tab.get_by_role("button", name="Channels")
    await press(scene, button)
    await expect(find_channel(scene, "general")).to_be_focused()
    return button


def find_channel(scene: Scene, name: str) -> Locator:
    return scene.tab.get_by_role("navigation").get_by_role("button", name=name, exact=True)


async def test_on_a_narrow_screen_the_channels_are_reached_and_left_by_the_keyboard(scene: Scene) -> None:
    button = await open_channels(scene)
    await scene.tab.keyboard.press("Tab")
    await expect(find_channel(scene, "What are you reading?")).to_be_focused()
    for _ in range(20):  # more than there are channels
        await scene.tab.keyboard.press("Tab")
        await expect(scene.tab.locator("main :focus")).to_have_count(0)
    await scene.tab.keyboard.press("Escape")
    await expect(find_channel(scene, "general")).to_have_count(0)
    await expect(button).to_be_focused()


async def test_a_channel_that_is_chosen_on_a_narrow_screen_can_be_written_to(scene: Scene) -> None:
    await open_channels(scene)
    await press(scene, find_channel(scene, "after-dark, age-restricted"))
    await expect(scene.composer("#after-dark")).to_be_focused()


async def test_a_press_beside_the_channels_leaves_them_and_presses_nothing(scene: Scene) -> None:
    await open_channels(scene)
    behind = await scene.tab.locator("#composer").get_by_label("Send message").bounding_box()
    assert behind is not None
    await scene.tab.mouse.click(behind["x"] + 5, behind["y"] + 5)
    await expect(find_channel(scene, "general")).to_have_count(0)
    await expect(scene.tab.locator("main :focus")).to_have_count(0)
    await scene.composer().click()
    await expect(scene.composer()).to_be_focused()


async def test_a_screen_that_becomes_wide_while_the_channels_lie_over_it_is_all_in_reach(scene: Scene) -> None:
    await open_channels(scene)
    await scene.tab.set_viewport_size({"width": 1280, "height": 780})
    await expect(find_channel(scene, "general")).to_be_visible()
    await scene.composer().click()
    await expect(scene.composer()).to_be_focused()
