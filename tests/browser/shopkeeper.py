"""What a business does on the public's pages, on its phone, without an account."""

from tests.browser.official import PHONE, Official


def sits_down(person: Official) -> Official:
    """Somebody with a phone, at the first page."""
    person.page.set_viewport_size(PHONE)
    person.opens("/")
    return person


def looks_around(person: Official) -> None:
    """Nothing on the page is cut off or a barrier."""
    person.fits()
    person.finds_no_barrier()


def applies(person: Official, *, name: str, uscc: str, looks: bool = False) -> str:
    """Through the three steps of the application to its last button; the code it is opened with again."""
    person.goes("申报")
    person.presses("开始申报")
    person.sees_heading("申报草稿")
    secret: str = person.page.locator(".secret").inner_text()
    if looks:
        looks_around(person)
    person.follows("1. 填写基本情况")
    person.chooses("申报类别", "放心商店")
    person.fills(经营者名称=name, 统一社会信用代码=uscc, 经营地址="城东街道东升路9号")
    person.fills(**{"所在街道（乡镇）": "城东街道"}, 联系人="李某", 联系电话="0579-7654321")
    if looks:
        looks_around(person)
    person.presses("保存并继续")
    person.sees_heading("上传材料")
    if looks:
        looks_around(person)
    person.follows("先不上传，去核对")
    for box in person.page.get_by_role("checkbox").all():
        box.check()
    if looks:
        looks_around(person)
    person.presses("提交申报")
    return secret


def objects(person: Official, *, name: str, text: str) -> None:
    """Against a unit on public notice."""
    person.opens("/units/notice")
    person.page.get_by_role("link").filter(has_text=f"提出异议：{name}").click()
    person.sees(name)
    person.fills(异议内容=text)
    person.presses("提出异议")
    person.sees_heading("公示异议已收到")
    looks_around(person)


def appeals(person: Official, *, name: str, uscc: str, text: str) -> str:
    """From the tombstone to the receipt; the code the answer is read with."""
    person.opens("/units/removed")
    person.follows(name)
    person.sees_heading(name)
    looks_around(person)
    person.follows("可以申诉")
    person.fills(统一社会信用代码=uscc, 申诉的事实和理由=text, 联系人和电话="李某 0579-7654321")
    person.presses("提交申诉")
    person.sees_heading("申诉已收到")
    looks_around(person)
    secret: str = person.page.locator(".secret").inner_text()
    return secret
