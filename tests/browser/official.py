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
FOCUSED = """
(() => {
  const at = document.activeElement;
  const labels = [...(at.labels || [])].map((label) => label.textContent);
  return [...labels, at.tagName === "TEXTAREA" ? "" : at.textContent].join(" ").trim();
})()
"""
MOST_TABS = 60


class Official:
    """One person with a browser context of their own; without a username, somebody who is not signed in."""

    def __init__(self, context: Any, address: str, username: str | None = None) -> None:
        self.address, self.username, self.complaints = address, username, []
        self.password, self._context = PASSWORD, context
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
        assert self.username is not None
        self.opens("/login")
        self.page.get_by_label("用户名").fill(self.username)
        self.page.get_by_label("密码").fill(self.password)
        self.presses("登录")
        self.sees_heading("我的待办")

    def goes(self, *menu: str) -> None:
        """Follow links one after another, each by its whole name; a count may follow it (提醒 3)."""
        for name in menu:
            self.page.get_by_role("link", name=re.compile(rf"^{re.escape(name)}( [\d,]+)?$")).first.click()

    def goes_to_desk(self) -> None:
        """To 我的待办, as it stands now."""
        self.goes("我的待办")
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

    def chooses_largest_type(self) -> None:
        """Through 菜单 on a phone, or 长辈版 on the portal."""
        if self.username is None:
            self.presses("长辈版")
        else:
            self.page.get_by_text("菜单", exact=True).click()
            self.presses("特大")
        expect(self.page.locator("html")).to_have_class(re.compile("size-huge"))

    # By keyboard alone

    def tabs_to(self, words: str) -> None:
        """Press Tab until the cursor stands on what begins with these words."""
        for _ in range(MOST_TABS):
            if self.page.evaluate(FOCUSED).startswith(words):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"“{words}” is not reached by Tab on {self.page.url}")

    def types(self, *keys: str) -> None:
        """Press keys: names such as Enter, or text."""
        for key in keys:
            if key in {"Enter", "Tab", "Space", "ArrowDown"}:
                self.page.keyboard.press(key)
            else:
                self.page.keyboard.type(key)

    # Seeing

    def sees(self, words: str) -> None:
        """These words are on the page, or come soon."""
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def sees_heading(self, words: str) -> None:
        """The page's own heading holds these words, and its scripts have begun."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(words)
        self.page.wait_for_load_state()

    def sees_row(self, *words: str) -> Locator:
        """Exactly one row of a table holds all these words."""
        expect(self.row(*words)).to_have_count(1)
        return self.row(*words)

    def sees_no_row(self, *words: str) -> None:
        """No row of a table holds all these words."""
        expect(self.row(*words)).to_have_count(0)

    def fits(self) -> None:
        """The page cannot be scrolled sideways."""
        assert self.page.evaluate(OVERHANG) <= 0, self.page.url

    def can_press(self, role: str, name: str) -> None:
        """The button or link with these words can be pressed: it is shown, and nothing lies over it."""
        self.page.get_by_role("main").get_by_role(role, name=name).first.click(trial=True)

    def finds_no_barrier(self) -> None:
        """Axe has nothing against this page, once it stands with its style sheets."""
        self.page.wait_for_load_state()
        found = Axe().run(self.page).response["violations"]
        assert [f"{rule['id']} on {self.page.url}: {node['html']}" for rule in found for node in rule["nodes"]] == []
