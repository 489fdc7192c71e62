"""The pages of records in a real browser: on a phone and a desk nothing runs over, and the console is quiet."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Browser

from domain.account import Role
from domain.services import Services
from domain.text import Language
from support.app import serving
from support.mojokerto import all_well, much_wrong
from support.pages import log_in, with_pages

pytestmark = pytest.mark.browser
PAGES = (
    "/calibrations", "/calibrations/ipal-outlet/ph", "/conditions", "/laboratory",
    "/logbook?site=batik&day=2026-11-21&shift=pagi", "/water",
)  # fmt: skip


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("scene", ["good", "none", "bad"])
def test_nothing_runs_over_and_the_console_is_quiet(
    browser: Browser, services: Services, scene: str, language: Language
) -> None:
    if scene != "none":
        (all_well if scene == "good" else much_wrong)(services)
    services.authenticator.set_language(Role.ADMIN.value, language)
    with serving(with_pages(services)) as url, httpx.Client(base_url=url) as client:
        assert log_in(client, Role.ADMIN.value).status_code == 303
        cookies = client.cookies
        for width in (390, 1440):
            context = browser.new_context(viewport={"width": width, "height": 844})
            context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda line, said=said: said.append(line.text) if line.type == "error" else None)
            for path in PAGES:
                answer = page.goto(url + path)
                assert answer is not None
                assert answer.status == 200
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                for part in page.locator("details summary").all():
                    part.click()
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert said == []
            context.close()
