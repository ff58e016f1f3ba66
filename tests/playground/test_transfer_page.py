"""An import on the playground's page: a file is attached in a browser, looked at, and written with its progress."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.support.browser import choose_command, find_browser, run_command
from tests.support.page_scene import open_visit

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(find_browser() is None, reason="no Chromium found (set CHROMIUM to its path)"),
]

TOKEN = "5rwo-bnoo4-gayyh-4ag9-qyy16-amssy-k3y5"
TABLE = "id,status,vote,started\nv17,Playing,7.5,2026-11-01\nv4,Finished,9,2023-02-30\nv9999999,,,\n"


async def test_a_file_is_attached_looked_at_and_written(browser_tab: Page) -> None:
    async with open_visit(browser_tab):
        tab = browser_tab
        screen = await run_command(tab, "vndb link")
        await screen.get_by_role("button", name="token").first.click()
        await tab.get_by_role("dialog").get_by_role("textbox").fill(TOKEN)
        await tab.get_by_role("dialog").get_by_role("button", name="Submit").click()
        await expect(screen).to_contain_text("AyaReads")
        await choose_command(tab, "vndb import")
        await tab.get_by_role("button", name="Add option file", exact=True).click()
        file = {"name": "list.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
        await tab.get_by_label("file", exact=True).set_input_files(files=[file])  # type: ignore[list-item]
        await tab.get_by_role("button", name="Send command").click()
        card = tab.get_by_role("log").get_by_role("article").last
        await expect(card).to_contain_text("list.csv has 3 novels")
        await expect(card).to_contain_text("1 that VNDB does not have")
        await card.get_by_role("button", name="Import, overwrite").click()
        await expect(card).to_contain_text("Import finished")
        await tab.set_viewport_size({"width": 390, "height": 844})
        await expect(card).to_contain_text("Import finished")
