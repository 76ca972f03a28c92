"""Every page of complaints, and every step a case leads to: no barrier, nothing wider than a phone, also in the largest type."""

import pytest

from tests.browser.official import DESK, PHONE

VIEWS = ("", "?view=returned", "?view=disputed", "?view=handling", "?view=closed")
LISTS = (
    *(f"/complaints{view}" for view in VIEWS),
    *("/complaints?q=退款", "/complaints?q=没有的词", "/complaints?q=a", "/complaints?kind=query&light=late&place=无"),
    *("/complaints/by-phone", "/complaints/roster", "/complaints/rates", "/complaints/quality", "/complaints/quality/records"),
    *("/complaints/events", "/complaints/inquiries", "/complaints/inquiries?view=answered"),
)
ROUTERS = ("/complaints/calls", "/complaints/new", "/complaints/imports", "/complaints/inquiries/new", "/complaints/roster/new")


class Looker:
    """Opens pages and looks at each at both widths, none twice."""

    def __init__(self, person) -> None:
        self.person, self.seen = person, set()

    def looks_at(self, path: str) -> None:
        """At a desk by axe and by width, on a phone by width."""
        if path in self.seen:
            return
        self.seen.add(path)
        self.person.opens(path)
        self.person.finds_no_barrier()
        self.person.fits()
        self.person.page.set_viewport_size(PHONE)
        self.person.fits()
        self.person.page.set_viewport_size(DESK)

    def links(self, within: str) -> list[str]:
        """Where the links in this part of the page lead to, among complaints."""
        found = [link.get_attribute("href") for link in self.person.page.locator(f"main {within}").all()]
        return [path.partition("#")[0] for path in found if path.startswith("/complaints/")]

    def follows_cases(self, view: str, most: int) -> None:
        """The first cases of a queue, and every page each of them leads to; a kind of step is looked at once."""
        self.person.opens(f"/complaints{view}")
        for case in self.links("tbody th a")[:most]:
            self.looks_at(case)
            self.person.opens(case)
            for path in self.links(".panel-do a, .more a, .papers-list a"):
                step = path.replace(case, "").partition("?")[0]
                if step not in self.seen:
                    self.looks_at(path)
                    self.seen.add(step)


@pytest.mark.parametrize("username", ["router", "liaison-SCJG", "office"])
def test_lists_and_forms_have_no_barrier(official, username):
    looker = Looker(official(username))
    for path in LISTS + (ROUTERS if username == "router" else ()):
        looker.looks_at(path)


@pytest.mark.parametrize(("username", "views"), [("router", VIEWS), ("liaison-SCJG", ("", "?view=received", "?view=closed"))])
def test_cases_and_their_steps_have_no_barrier(official, username, views):
    looker = Looker(official(username))
    for view in views:
        looker.follows_cases(view, most=1)
    assert len(looker.seen) > 10


def test_what_is_wrong_is_said_without_a_barrier(official):
    router = official("router")
    for path, verb in (("/complaints/new", "登记"), ("/complaints/inquiries/new", "发出查询"), ("/complaints/by-phone", "查找")):
        router.opens(path)
        router.page.get_by_role("main").get_by_role("button", name=verb).last.click()
        router.sees("需要更正")
        router.finds_no_barrier()
        router.fits()
    router.complaints.clear()  # a browser writes each 422 on its console


def test_queue_and_case_fit_a_phone_in_the_largest_type(official):
    router = official("router", viewport=PHONE)
    router.page.set_viewport_size(PHONE)
    router.opens("/desk")
    router.chooses_largest_type()
    router.opens("/complaints")
    router.fits()
    router.can_press("button", "查询")
    router.page.locator("tbody th a").first.click()
    router.sees("下一步")
    router.fits()
    router.can_press("link", "分派")
