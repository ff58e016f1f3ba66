"""Linking a token of VNDB on the playground's page: the hint, the screen, the form, and what is said then."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

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


@pytest.mark.parametrize("width", [1000, 390])
async def test_the_token_that_the_page_names_is_linked_and_unlinked(tab: Page, width: int) -> None:
    await tab.set_viewport_size({"width": width, "height": 844})
    token = await tab.get_by_role("group", name="A token to link").locator("code").inner_text()
    screen = await run_command(tab, "vndb link")
    await screen.get_by_role("button", name="Enter the token").click()
    form = tab.get_by_role("dialog", name="Link your VNDB token")
    await form.get_by_label("Token").fill(token.upper())
    await form.get_by_role("button", name="Submit").click()
    await expect(screen).to_contain_text("✅ Linked AyaReads, with listread and listwrite.")
    await expect(tab.get_by_role("log")).not_to_contain_text(token)
    unlinked = await run_command(tab, "vndb unlink")
    await expect(unlinked).to_contain_text("Your VNDB token is deleted")
    await expect(unlinked.get_by_role("link", name="Your tokens on VNDB")).to_have_attribute(
        "href", "https://vndb.org/u/tokens"
    )
