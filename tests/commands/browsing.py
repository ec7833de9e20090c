"""A visitor's page in a headless Chromium, with all that went wrong in it."""

import re
from typing import Any

from tests.conftest import ROOT

SHOTS = ROOT / "screenshots"
SLOW = 120_000  # ms that anything may take on a busy machine


class Visit:
    """A page of a visitor's own, and all that went wrong in it."""

    def __init__(self, chromium: Any, address: str, width: int = 1280) -> None:
        self.context = chromium.new_context(viewport={"width": width, "height": 900}, permissions=["microphone"])
        self.context.set_default_timeout(SLOW)
        self.page, self.address, self.wrong = self.context.new_page(), address, list[str]()
        self.page.on("console", self._logged)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("response", self._answered)
        self.page.on("request", self._asked)
        self.page.goto(address)
        self.page.wait_for_selector("#heard .sound")

    def _logged(self, message: Any) -> None:
        if message.type == "error":
            self.wrong.append(message.text)

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.wrong.append(f"{response.status} {response.url}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"fetched {request.url}")

    def shot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    def room(self, name: str) -> None:
        self.page.get_by_role("tab", name=name, exact=True).click()

    def held(self, selector: str) -> str:
        """What a part of the page holds."""
        html = self.page.inner_html(f"{selector} .prose")
        assert isinstance(html, str)
        return html

    def until(self, selector: str, before: str) -> str:
        """What a part of the page holds once that is no longer what it held before."""
        wait = "([s, b]) => document.querySelector(s + ' .prose')?.innerHTML !== b"
        self.page.wait_for_function(wait, arg=[selector, before])
        return self.held(selector)

    def says(self, selector: str, *words: str) -> None:
        """Wait until a part of the page says all of these."""
        wait = "([s, all]) => all.every(w => document.querySelector(s)?.textContent.includes(w))"
        self.page.wait_for_function(wait, arg=[selector, list(words)])

    def over(self) -> None:
        self.context.close()
        assert self.wrong == []


def slide(visit: Visit, label: str, value: float) -> None:
    """Move a slider by its number's box, as a keyboard does."""
    box = visit.page.get_by_label(re.compile(f"number input for {re.escape(label)}", re.I))
    box.fill(str(value))
    box.press("Enter")
