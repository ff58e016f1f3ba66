"""One's own VNDB list on the playground's page, from linking a token to what stands on the list then."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.support.browser import find_browser, run_command
from tests.support.page_scene import open_visit

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(find_browser() is None, reason="no Chromium found (set CHROMIUM to its path)"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def tab(browser_tab: Page) -> AsyncGenerator[Page]:
    async with open_visit(browser_tab):
        yield browser_tab


async def submit(tab: Page, *texts: str) -> None:
    """Types into the modal that is open, and sends it."""
    dialog = tab.get_by_role("dialog")
    boxes = dialog.get_by_role("textbox")
    for number, text in enumerate(texts):
        await boxes.nth(number).fill(text)
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_have_count(0)


async def expect_within(tab: Page, panel: Locator) -> None:
    """Nothing of the panel stands out of the window."""
    box, width = await panel.bounding_box(), (tab.viewport_size or {"width": 0})["width"]
    assert box is not None
    assert box["x"] + box["width"] <= width
    assert await panel.evaluate("it => it.scrollWidth <= it.clientWidth")


@pytest.mark.parametrize("width", [1000, 390])
async def test_who_links_a_token_changes_their_list_from_a_card(tab: Page, width: int) -> None:
    await tab.set_viewport_size({"width": width, "height": 900})
    token = await tab.locator("code.token").inner_text()
    card = await run_command(tab, "vn info", {"title": "v17"})
    await card.get_by_role("button", name="My list").click()
    last = tab.get_by_role("log").get_by_role("article").last
    await expect(last).to_contain_text("That needs your VNDB token.")
    await last.get_by_role("button", name="Link a token").click()
    await last.get_by_role("button", name="Enter the token").click()
    await submit(tab, token)
    await expect(last).to_contain_text("Linked")
    await card.get_by_role("button", name="My list").click()
    panel = tab.get_by_role("log").get_by_role("article").last
    await expect(panel).to_contain_text("Your list on VNDB")
    await expect(panel).to_contain_text("Only you can see this")
    await expect_within(tab, panel)
    await panel.get_by_role("button", name="Vote").click()
    await submit(tab, "8.5")
    await expect(panel).to_contain_text("Vote: 8.5")
    await panel.get_by_role("button", name="Notes").click()
    await submit(tab, "Better than I **remembered**.")
    await expect(panel).to_contain_text("Better than I **remembered**.")
    await panel.get_by_role("button", name="Start and finish").click()
    await submit(tab, "2024-02-30", "today")
    await expect(panel).to_contain_text("Nothing was changed. The start is no day that there is: 2024-02-30.")
    await panel.get_by_role("combobox").first.click()
    await panel.get_by_role("option", name="Stalled").click()
    await expect(panel).to_contain_text("Status: Stalled")
    await panel.get_by_role("button", name="Start and finish").click()
    await submit(tab, "", "")
    await expect(panel).to_contain_text("Take away the finish?")
    await expect_within(tab, panel)
    await panel.get_by_role("button", name="Take it away").click()
    await expect(panel).to_contain_text("Saved on VNDB.")
    await expect(panel).not_to_contain_text("Finished:")
    await panel.get_by_role("button", name="Remove").click()
    await expect(panel).to_contain_text("your vote of 8.5")
    await panel.get_by_role("button", name="Remove").click()
    await expect(panel).to_contain_text("Not on your list yet.")
