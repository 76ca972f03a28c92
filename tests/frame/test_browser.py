"""What a person meets: the gallery in a real browser, by eye, by keyboard, by screen reader, on a phone and on paper."""

import io
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pypdf import PdfReader

PAGES = [
    "/gallery/todo",
    "/gallery/todo?rows=0",
    "/gallery/thing?long&flash",
    "/gallery/form?filled",
    "/gallery/list",
    "/gallery/decide",
    "/gallery/conflict",
    "/gallery/portal?anonymous",
    "/sign-in?anonymous",
    "/whole-menu?long",
    "/gallery/list?view=print",
    "/error/404",
    "/error/403?anonymous&told",
    "/error/500?told",
]
DESK, PHONE, SMALL = (1366, 650), (360, 740), (320, 568)
SIZES = ["standard", "large", "huge"]
NOTE_VIOLATIONS = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


class Visitor:
    """One browser page that remembers what the policy refused and what scripts complained of."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address, self.complaints = page, address, []
        page.add_init_script(NOTE_VIOLATIONS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._note_stranger(request.url))

    def _note_stranger(self, url: str) -> None:
        """A request to another host is a complaint."""
        if not url.startswith((self.address, "data:")):
            self.complaints.append(url)

    def opens(self, path: str, size: str = "standard", window: tuple[int, int] = DESK) -> Any:
        """Go to a page of the gallery in a type size and a window."""
        self.page.set_viewport_size({"width": window[0], "height": window[1]})
        self.page.goto(f"{self.address}{path}{'&' if '?' in path else '?'}size={size}")
        return self.page

    def becomes(self, size: str, window: tuple[int, int]) -> None:
        """The page already open, in another type size and window."""
        self.page.set_viewport_size({"width": window[0], "height": window[1]})
        self.page.evaluate("size => { document.documentElement.className = `size-${size}`; }", size)

    def sends_an_empty_form(self) -> Any:
        """Post the form with nothing in it."""
        self.opens("/gallery/form")
        self.page.get_by_role("button", name="填报进展").click()
        self.page.locator("#errors").wait_for()
        self.page.wait_for_load_state()  # scripts of the page that answers have begun
        return self.page

    def troubles(self) -> list[str]:
        """Everything refused by the policy, asked of another host, or thrown by a script."""
        return self.complaints + self.page.evaluate("window.refused")

    def overhang(self) -> int:
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")


@pytest.fixture
def visitor(chromium: Any, address: str) -> Iterator[Visitor]:
    """Somebody with scripts."""
    page = chromium.new_page(locale="zh-CN")
    yield Visitor(page, address)
    page.close()


@pytest.fixture
def plain_visitor(chromium: Any, address: str) -> Iterator[Visitor]:
    """Somebody without scripts."""
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    yield Visitor(context.new_page(), address)
    context.close()


def findings(page: Any) -> list[str]:
    """What axe has against the page, a line each."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize(
    ("path", "window", "size"),
    [(path, DESK, "standard") for path in PAGES]
    + [(path, PHONE, "huge") for path in PAGES if path.startswith(("/gallery/t", "/gallery/p", "/whole"))],
)
def test_a_page_has_no_accessibility_finding_and_breaks_no_policy(visitor, path, window, size):
    page = visitor.opens(path, size, window)
    assert findings(page) == []
    assert visitor.troubles() == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_in_any_window_and_type_size(visitor, path):
    visitor.opens(path)
    for window in (DESK, PHONE, SMALL):
        for size in SIZES:
            visitor.becomes(size, window)
            assert visitor.overhang() <= 0, (window, size)


def test_a_wrong_form_has_no_accessibility_finding_and_fits_a_phone_in_large_type(visitor):
    page = visitor.sends_an_empty_form()
    assert findings(page) == []
    visitor.becomes("huge", PHONE)
    assert visitor.overhang() <= 0


def test_ten_duties_are_seen_at_once_on_an_office_screen(visitor):
    page = visitor.opens("/gallery/todo?rows=7")
    heights = [round(row.bounding_box()["height"]) for row in page.locator("tbody tr").all()]
    top = page.locator("tbody tr").first.bounding_box()["y"]
    assert max(heights) <= 42
    assert top + 10 * 42 <= DESK[1]


def test_every_type_size_is_what_it_says(visitor):
    seen = [visitor.opens("/gallery/todo", size).evaluate("getComputedStyle(document.body).fontSize") for size in SIZES]
    assert seen == ["16px", "20px", "30px"]


@pytest.mark.parametrize(("path", "size", "least"), [("/gallery/todo", "standard", 44), ("/gallery/portal?anonymous", "huge", 60)])
def test_targets_on_a_phone_can_be_hit(visitor, path, size, least):
    page = visitor.opens(path, size, PHONE)
    targets = page.locator("button:visible, .bar a:visible, .menu a:visible")
    assert targets.count() > 0
    assert [
        target.inner_text()
        for target in targets.all()
        if target.bounding_box()["height"] < least - 4 and "bar-name" not in target.get_attribute("class")
    ] == []


def test_a_stacked_row_uses_the_width_it_has(visitor):
    page = visitor.opens("/gallery/todo", "huge", PHONE)
    cells = [page.locator(f"tbody tr:nth-child(3) .{kind}").bounding_box()["width"] for kind in ("date", "act")]
    assert min(cells) > PHONE[0] / 2
    button = page.get_by_role("button", name="签收").bounding_box()
    assert button["width"] > button["height"]


def test_a_refused_form_puts_the_cursor_in_its_summary_and_says_so_in_the_title(visitor):
    page = visitor.sends_an_empty_form()
    assert page.title().startswith("出错：填报进展")
    expect(page.locator("#errors")).to_be_focused()
    page.get_by_role("link", name="请选择牵头单位").click()
    assert page.evaluate("document.activeElement.id") == "lead-0"


def test_without_scripts_the_summary_still_takes_the_cursor(plain_visitor):
    page = plain_visitor.sends_an_empty_form()
    expect(page.locator("#errors")).to_be_focused()  # the browser puts it there only when the page is all there
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#title")


@pytest.mark.parametrize(
    ("path", "place"), [("/gallery/form", "#title"), ("/gallery/thing", "#do .btn-primary"), ("/gallery/conflict", "#merged")]
)
def test_the_address_of_a_duty_opens_with_the_cursor_where_the_work_is(visitor, path, place):
    page = visitor.opens(path)
    page.goto(page.url + "#do")
    expect(page.locator(place)).to_be_focused()


def test_the_menu_opens_in_place_and_closes_by_keyboard(visitor):
    page = visitor.opens("/gallery/todo", window=PHONE)
    assert not page.locator("#side").is_visible()
    opener = page.get_by_role("button", name="菜单")
    opener.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("link", name="资料库").is_visible()
    assert opener.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert not page.locator("#side").is_visible()
    assert page.evaluate("document.activeElement.textContent.trim()") == "菜单"


def test_without_scripts_the_menu_is_a_page(plain_visitor):
    page = plain_visitor.opens("/gallery/todo", window=PHONE)
    assert page.get_by_role("link", name="菜单").get_attribute("href") == "/menu"


def test_a_date_is_read_back_while_it_is_chosen(visitor):
    page = visitor.opens("/gallery/form")
    page.locator("#due_on").fill("2026-07-09")
    assert page.locator("#due_on-reading").inner_text() == "读作：2026年7月9日（周四）"
    page.locator("#starts_at").fill("2026-06-30T09:00")
    assert page.locator("#starts_at-reading").inner_text() == "读作：2026年6月30日（周二）9:00"
    page.locator("#due_on").fill("")
    assert page.locator("#due_on-reading").inner_text() == ""


def test_files_chosen_are_listed_with_their_size(visitor):
    page = visitor.opens("/gallery/form")
    page.locator("#evidence").set_input_files({"name": "清单.pdf", "mimeType": "application/pdf", "buffer": b"x" * 48211})
    assert page.locator(".files-chosen").inner_text() == "已选：清单.pdf，47KB"


def test_leaving_a_half_written_form_asks_first_and_sending_it_does_not(visitor):
    asked = []
    page = visitor.opens("/gallery/form")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#title").press_sequentially("已清查")
    page.reload()
    assert asked == ["beforeunload"]
    page.locator("#title").press_sequentially("已清查")
    page.get_by_role("button", name="填报进展").click()
    assert page.locator("#title").input_value() == "已清查"
    assert asked == ["beforeunload"]


def test_what_is_unsaved_as_it_comes_asks_too_unless_it_is_given_up_on_purpose(visitor):
    asked = []
    page = visitor.sends_an_empty_form()
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="会议", exact=True).click()
    page.wait_for_url("**/menu/1")
    assert asked == ["beforeunload"]
    visitor.opens("/gallery/conflict")
    page.get_by_role("link", name="用对方的").click()
    page.wait_for_url("**/meetings/1")
    assert asked == ["beforeunload"]


def test_the_three_ways_out_of_a_conflict_send_what_they_say(visitor):
    page = visitor.opens("/gallery/conflict")
    assert page.locator("#merged").input_value() == page.locator("#conflict-mine textarea").input_value()
    sent = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.get_by_role("button", name="用我的").click()
    assert "version=4" in sent[0]
    assert "%E6%95%99%E8%82%B2%E5%B1%80" in sent[0]


def test_differences_are_walked_through_one_by_one(visitor):
    page = visitor.opens("/gallery/conflict")
    seen = []
    for _ in range(4):
        page.get_by_role("button", name="下一处").click()
        seen.append(page.locator(".is-current").last.get_attribute("data-change"))
    assert seen == ["1", "2", "3", "1"]
    page.get_by_role("button", name="上一处").click()
    assert page.locator(".is-current").last.get_attribute("data-change") == "3"


def test_the_skip_link_is_the_first_stop_and_leads_to_the_text(visitor):
    page = visitor.opens("/gallery/todo")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_ledger_prints_across_the_page_as_a_table_and_without_the_frame(visitor):
    page = visitor.opens("/gallery/list?view=print", size="huge", window=PHONE)
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    text = unicodedata.normalize("NFKC", "".join(sheet.extract_text() for sheet in paper.pages))
    assert paper.pages[0].mediabox.width > paper.pages[0].mediabox.height
    assert "打印人 联络员甲" in text
    assert "20260618-0007" in text
    assert "菜单" not in text
    page.emulate_media(media="print")
    assert page.locator("main table").nth(1).evaluate("e => getComputedStyle(e).display") == "table"


def test_lights_are_told_apart_without_colour(visitor):
    page = visitor.opens("/gallery/todo")
    lights = page.locator(".light").all()
    shapes = {light.get_attribute("class"): light.locator("path").get_attribute("d") for light in lights}
    assert len(set(shapes.values())) == len(shapes) == 4
    fills = {name: page.locator(f".{name.split()[1]}").first.evaluate("e => getComputedStyle(e).backgroundColor") for name in shapes}
    grey = {
        name: sum(int(part) * share for part, share in zip(fill[4:-1].split(","), (0.2126, 0.7152, 0.0722), strict=True))
        for name, fill in fills.items()
    }
    assert grey["light light-ok"] - grey["light light-warn"] > 20
    assert grey["light light-warn"] - grey["light light-bad"] > 100
