"""What the components write, whatever they are given."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.frame.gallery import LONG_NAME, TODAY

VOID = {"input", "link", "meta", "br", "img", "path", "circle"}


class Outline(HTMLParser):
    """The tags of a page with their attributes, and whether each was closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag; remember that it is open."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost open tag, which must be this one."""
        assert self.open, tag
        assert self.open.pop() == tag

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        """Attributes of every ``tag`` that has these."""
        return [found for name, found in self.tags if name == tag and attributes.items() <= found.items()]


def sent(client: Any, **data: Any) -> Any:
    """The answer to the gallery's form filled in with ``data``, its hidden token included."""
    token = Outline(client.get("/gallery/form").text).all("input", id="csrf_token")[0]["value"]
    return client.post("/gallery/form", data={"csrf_token": token, "kind": "extra", **data})


PAGES = [
    "/gallery/todo",
    "/gallery/todo?rows=0",
    "/gallery/todo?rows=200",
    "/gallery/thing?long&flash",
    "/gallery/form",
    "/gallery/form?filled",
    "/gallery/list",
    "/gallery/decide",
    "/gallery/conflict",
    "/gallery/portal?anonymous",
    "/gallery/portal",
    "/gallery/thing?view=print",
    "/sign-in?anonymous",
    "/whole-menu",
] + [f"/error/{code}{told}" for code in (400, 403, 404, 409, 422, 429, 500, 503) for told in ("", "?anonymous", "?told")]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_has_one_heading_one_main_and_a_title_of_its_own(client, path):
    html = client.get(path).text
    page = Outline(html)
    title = re.search(r"<title>\s*(.*?)\s*</title>", html, re.DOTALL).group(1)
    assert page.open == []
    assert [len(page.all(tag)) for tag in ("h1", "main", "title")] == [1, 1, 1]
    assert page.all("html", lang="zh-CN")
    assert title
    assert not title.startswith("-")


@pytest.mark.parametrize("path", PAGES)
def test_no_id_stands_twice_and_every_reference_finds_its_target(client, path):
    page = Outline(client.get(path).text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = [
        name
        for _, attributes in page.tags
        for key in ("for", "aria-describedby", "aria-labelledby", "form", "data-drawer")
        for name in (attributes.get(key) or "").split()
    ]
    assert [name for name in wanted if name not in ids] == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(client, path):
    html = client.get(path).text
    page = Outline(html)
    assert [tag for tag, attributes in page.tags if any(name == "style" or name.startswith("on") for name in attributes)] == []
    assert "<style" not in html
    assert all("src" in attributes for attributes in page.all("script"))
    addresses = [attributes.get(key) or "" for _, attributes in page.tags for key in ("src", "href", "action")]
    assert [address for address in addresses if "//" in address] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_form_that_writes_carries_the_hidden_token(client, path):
    html = client.get(path).text
    posts = re.findall(r'<form[^>]*method="post".*?</form>', html, re.DOTALL)
    # The public's button for the size of type has none: it changes nothing here, and the pages stay alike for everybody (portal_base.html).
    assert [form for form in posts if 'name="csrf_token"' not in form and 'class="elder"' not in form] == []


def test_a_page_with_a_right_form_has_a_plain_title_and_with_a_wrong_one_says_so(client):
    assert "<title>填报进展 - 示例县消保联席会议平台</title>" in client.get("/gallery/form").text
    answer = sent(client, text="已清查128家")
    assert answer.status_code == 422
    assert "<title>出错：填报进展 - 示例县消保联席会议平台</title>" in answer.text


def test_a_wrong_form_keeps_what_was_written_and_says_the_same_words_above_and_at_the_field(client):
    html = sent(client, text="已清查<128>家", helpers=["1", "7"], due_on="2026-07-09").text
    page = Outline(html)
    assert "已清查&lt;128&gt;家" in html
    assert {box["value"] for box in page.all("input", name="helpers") if "checked" in box} == {"1", "7"}
    assert page.all("input", id="due_on")[0]["value"] == "2026-07-09"
    assert html.count("请填写标题") == 2
    assert "有2处需要更正" in html
    assert page.all("input", id="title")[0]["aria-invalid"] == "true"
    assert page.all("input", id="title")[0]["aria-describedby"] == "title-hint title-error"
    assert page.all("a", href="#lead-0")
    assert "aria-invalid" not in page.all("input", id="due_on")[0]


def test_an_error_of_the_whole_form_stands_in_its_own_words(client):
    html = client.post("/gallery/form", data={"title": "甲", "text": "乙", "due_on": "2026-07-09", "kind": "extra", "lead": "1"}).text
    summary = re.search(r'<div class="errors".*?</div>', html, re.DOTALL).group()
    assert "token" in summary
    assert "处需要更正" not in summary


def test_a_date_field_is_read_back_from_the_start(client):
    html = client.get("/gallery/form?filled").text
    assert "读作：2026年7月9日（周四）" in html
    assert "读作：2026年6月30日（周二）9:00" in html


def test_only_fields_that_may_stay_empty_say_so(client):
    html = client.get("/gallery/form").text
    optional = re.findall(r">\s*([^<>\s]+)<span class=\"optional\">", html)
    assert optional == ["会议时间", "配合单位", "附件"]


def test_a_list_owns_its_caption_its_headers_and_its_empty_text(client):
    page = Outline(client.get("/gallery/list").text)
    assert len(page.all("caption")) == len(page.all("table")) == 2
    assert {header["scope"] for header in page.all("th")} == {"col", "row"}
    assert page.all("div", role="region")[0]["aria-label"] == "督办台账"
    assert "本月没有可公示的投诉。确认后结束本月公示。" in client.get("/gallery/list").text


def test_an_empty_list_shows_words_and_no_table(client):
    html = client.get("/gallery/todo?rows=0").text
    assert "<table" not in html
    assert "没有待办。新任务到来时会在此列出。" in html


def test_a_row_says_light_date_and_title_in_that_order_and_its_button_names_its_object(client):
    html = client.get("/gallery/todo").text
    row = re.sub(r"<[^>]+>|\s+", "", re.search(r"<tbody>.*?<tr>(.*?)</tr>", html, re.DOTALL).group(1))
    assert row == "逾期2个工作日6月16日周二填报进展：在营学科类培训机构备案清单任务〔2026〕1-3·县联席会议"
    assert re.search(r"签收<span class=\"visually-hidden\">：签收：投诉分派3件</span></button>", html)


def test_the_chain_marks_where_we_are_and_links_the_rest(client):
    page = Outline(client.get("/gallery/thing").text)
    assert len(page.all("li", **{"aria-current": "true"})) == 1
    assert [page.all("a", href=url) != [] for url in ("/a", "/b", "/c", "/d")] == [True, True, True, False]


def test_a_thing_shows_what_is_missing_instead_of_leaving_a_hole(client):
    html = client.get("/gallery/thing").text
    assert [words in html for words in ("成效", "尚无", "未写明", "没有附件。", "还没有办理记录。")] == [True] * 5
    assert re.search(r"<dt>成果</dt>\s*<dd>—", html)


def test_a_person_of_no_unit_is_named_alone(client):
    assert f"联络员甲·{LONG_NAME}<" in client.get("/gallery/todo?long").text
    assert '<span class="bar-person">联络员甲</span>' in client.get("/gallery/todo?unitless").text


def test_on_paper_there_is_no_frame_but_who_when_and_which_number(client):
    html = client.get("/gallery/list?view=print").text
    page = Outline(html)
    assert [len(page.all(tag)) for tag in ("footer", "summary")] == [0, 0]
    assert "打印人 联络员甲" in html
    assert f"{TODAY.year}年6月18日（周四）9:41" in html
    assert "20260618-0007" in html
    assert page.all("a", href="/gallery/list")


def test_a_page_keeps_its_own_macros_whatever_the_frame_calls_its(client):
    html = client.get("/gallery/portal").text
    assert "<p>页面自己的头</p>" in html
    assert "<p>页面自己的宏</p>" in html


def test_the_public_has_one_button_for_large_type_and_one_back(client):
    assert re.search(r'value="huge">长辈版', client.get("/gallery/portal?anonymous").text)
    assert re.search(r'value="standard">标准版', client.get("/gallery/portal?anonymous&size=huge").text)


@pytest.mark.parametrize("code", [400, 403, 404, 409, 422, 429])
def test_a_refusal_says_its_own_reason_whom_to_call_and_its_number(client, code):
    html = client.get(f"/error/{code}?told").text
    assert [words in html for words in (f"甲{code}。", "联席会议办公室 0000-0000000", "8F3K")] == [True] * 3


def test_a_refusal_without_a_reason_says_what_happened_and_what_to_do(client):
    assert "本页您没有查看权限。" in client.get("/error/403").text
    assert "需要请联系联席会议办公室。" in client.get("/error/403").text


def test_a_refused_change_shows_both_texts(client):
    html = client.get("/error/409?told").text
    assert "您写的内容没有丢失" in html
    assert "于10月底前完成。</textarea>" in html
    assert re.search(r"<del[^>]*>.*?9</del>", html)


def test_the_page_of_a_failure_needs_nothing_that_may_have_failed(gallery):
    with gallery.test_request_context():
        html = gallery.jinja_env.get_template("errors/500.html").render(number="8F3K")
        assert '系统出错，错误号<span class="code">8F3K</span>。内容未保存，请告知管理员。' in html
        assert "系统正在维护" in gallery.jinja_env.get_template("errors/503.html").render()


def test_text_from_people_is_never_markup(client):
    html = sent(client, title="<script>alert(1)</script>").text
    assert "<script>alert" not in html
