"""An official at a browser: finds things by their words, as people do, and writes down everything that is not as it should be."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.county import PASSWORD

DESK, PHONE = {"width": 1366, "height": 650}, {"width": 360, "height": 740}
PATIENCE = 30_000  # milliseconds; what must appear does so in a fraction of it, but the machine may be busy
# Each page, as soon as it is there, complains on the console when it can be scrolled sideways. (What the content policy refuses, the
# browser writes there by itself.)
WATCH = """
addEventListener("load", () => {
  const over = document.scrollingElement.scrollWidth - innerWidth;
  if (over > 0) console.error(`${over} pixels too wide at ${innerWidth}`);
});
"""
expect.set_options(timeout=PATIENCE)
OVERHANG = "document.scrollingElement.scrollWidth - innerWidth"


class Official:
    """One person with a browser context of their own."""

    def __init__(self, context: Any, address: str, username: str) -> None:
        self.address, self.username, self.complaints = address, username, []
        self._context = context
        context.set_default_timeout(PATIENCE)
        context.add_init_script(WATCH)
        self.page: Page = context.new_page()
        self.page.set_viewport_size(DESK)
        self.page.on("console", lambda said: said.type == "error" and self._complains(said.text))
        self.page.on("pageerror", lambda error: self._complains(str(error)))
        self.page.on("request", lambda sent: sent.url.startswith((address, "data:")) or self._complains(f"asks {sent.url}"))
        self.page.on("response", lambda got: got.status >= 500 and self._complains(f"{got.status} from {got.url}"))

    def _complains(self, words: str) -> None:
        self.complaints.append(f"{self.username} at {self.page.url}: {words}")

    def leaves(self) -> None:
        """Close the browser."""
        self._context.close()

    # Going

    def opens(self, path: str) -> None:
        """Type an address of the platform."""
        self.page.goto(f"{self.address}{path}")

    def logs_in(self) -> None:
        """Through the page for it."""
        self.opens("/login")
        self.page.get_by_label("用户名").fill(self.username)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.presses("登录")
        self.sees_heading("我的待办")

    def goes(self, *menu: str) -> None:
        """Follow links one after another, each by its whole name."""
        for name in menu:
            self.page.get_by_role("link", name=name, exact=True).first.click()

    def goes_to_desk(self) -> None:
        """To 我的待办, by the menu; the number of things to do is part of the link's name."""
        self.page.get_by_role("navigation", name="主菜单").get_by_role("link", name="我的待办").click()
        self.sees_heading("我的待办")

    def goes_to_change(self, about: str) -> None:
        """Follow the link 修改 of the thing with this name, which is read aloud only."""
        self.page.get_by_role("link", name=re.compile(rf"^修改\s*：{re.escape(about)}$")).click()

    def follows(self, part: str) -> None:
        """Follow the first link in the page's text with these words in its name."""
        self.page.get_by_role("main").get_by_role("link", name=part).first.click()

    def row(self, *words: str) -> Locator:
        """The row of a table that holds all these words."""
        found = self.page.get_by_role("row")
        for word in words:
            found = found.filter(has_text=word)
        return found

    # Doing

    def presses(self, name: str, within: Locator | None = None) -> None:
        """Press the button with these words in its name."""
        (within or self.page).get_by_role("button", name=name, exact=False).first.click()

    def fills(self, **fields: str) -> None:
        """Write into fields by their labels: ``fills(地点="县政府")``."""
        for label, value in fields.items():
            self.page.get_by_label(re.compile(f"^{re.escape(label)}(（选填）)?$")).fill(value)

    def chooses(self, group: str, *names: str) -> None:
        """Tick radios or checkboxes of a group by their words."""
        box = self.page.get_by_role("group", name=group)
        for name in names:
            box.get_by_label(name, exact=True).check()

    # Seeing

    def sees(self, words: str) -> None:
        """These words are on the page, or come soon."""
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def sees_heading(self, words: str) -> None:
        """The page's own heading holds these words."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(words)

    def sees_row(self, *words: str) -> Locator:
        """Exactly one row of a table holds all these words."""
        expect(self.row(*words)).to_have_count(1)
        return self.row(*words)

    def sees_no_row(self, *words: str) -> None:
        """No row of a table holds all these words."""
        expect(self.row(*words)).to_have_count(0)

    def finds_no_barrier(self) -> None:
        """Axe has nothing against this page."""
        found = Axe().run(self.page).response["violations"]
        assert [f"{rule['id']} on {self.page.url}: {node['html']}" for rule in found for node in rule["nodes"]] == []
