"""A page of the list as a template: the rows are a loop, everything else is the text as it was printed."""

import re

CSRF = re.compile(r'(name="csrf_token"[^>]*value=")[^"]+')
TAGS = re.compile(r"(<[^>]*>)")

# What a row says, in its order, as the plainest Jinja there is.
CELLS = (
    "选中：{{ row.title }}",
    "{{ light.text }}",
    '{{ row.due_on.month }}月{{ row.due_on.day }}日 周{{ "一二三四五六日"[row.due_on.weekday()] }}',
    "{{ row.title }}",
    '任务〔{{ row.year }}〕{{ row.meeting_serial or "临" }}-{{ row.serial }}',
    "{{ names[row.mechanism_id] }}",
    "{{ row.short_name }}",
    '{{ "、".join(helpers.get(row.id, ())) or "—" }}',
    "{{ '原报' if row.status == 'returned' }}{{ row.percent }}%",
    "{{ row.status.label }}",
)
ATTRIBUTES = (
    (re.compile(r'light-\w+"'), 'light-{{ light.kind }}"'),
    (re.compile(r' d="[^"]+"'), ' d="{{ shapes[light.kind] }}"'),
    (re.compile(r'datetime="[^"]+"'), 'datetime="{{ row.due_on.isoformat() }}"'),
    (re.compile(r'/tasks/\d+"'), '/tasks/{{ row.id }}"'),
    (re.compile(r' value="\d+"'), ' value="{{ row.id }}"'),
)


def frozen(page: str, shapes: dict[str, str]) -> str:
    """The template. ValueError when a row holds other than it did when this was written; whoever changes the list mends ``CELLS``."""
    before, body, rest = page.partition("<tbody>")
    rows, end, after = rest.partition("</tbody>")
    lead = rows.partition("<tr")[0]
    row, gap = _first(rows)
    if not lead.endswith(gap):
        raise ValueError("the list's first row does not stand as the others do")
    loop = "{% for row in rows %}{% set light = light_of(row.status, row.due_on, row.mechanism_id) %}"
    head = f"{{% set shapes = {shapes!r} %}}"
    tail = rows.rpartition("</tr>")[2]
    start = _raw(before + body + lead.removesuffix(gap))
    return head + start + loop + gap + _cells(row) + "{% endfor %}" + _raw(tail + end + after)


UNIT = (
    '<tr><th scope="row"><a href="/units/{{ row.id }}">{{ row.name }}</a></th><td data-label="类别">{{ row.category }}</td>'
    '<td data-label="地址">{{ row.address }}</td><td data-label="证书编号"><span class="code">{{ row.certificate_no }}</span></td>'
    '<td data-label="有效期至" class="date">{{ row.valid_until.year }}年{{ row.valid_until.month }}月{{ row.valid_until.day }}日</td></tr>'
)


def frozen_units(page: str) -> str:
    """The template of a page of the public list; its bytes are compared with ours by whoever measures."""
    before, body, rest = page.partition("<tbody>")
    rows, end, after = rest.partition("</tbody>")
    _, gap = _first(rows)
    lead, tail = rows.partition("<tr")[0], rows.rpartition("</tr>")[2]
    loop = "{% for row in rows %}" + gap + UNIT + "{% endfor %}"
    return _raw(before + body + lead.removesuffix(gap)) + loop + _raw(tail + end + after)


def _first(rows: str) -> tuple[str, str]:
    """The first row, and what stands between it and the second."""
    row, end, others = rows[rows.index("<tr") :].partition("</tr>")
    return row + end, others.partition("<tr")[0]


def without_tokens(page: str) -> str:
    """The page with its form tokens, new in each answer, taken out."""
    return CSRF.sub(r"\1", page)


def _cells(row: str) -> str:
    for pattern, expression in ATTRIBUTES:
        row = pattern.sub(lambda _, text=expression: text, row)
    cells = iter(CELLS)
    pieces = [piece if piece.startswith("<") or not piece.strip() else next(cells) for piece in TAGS.split(row)]
    if next(cells, None) is not None:
        raise ValueError("the list's rows have fewer cells than bench/_frozen.py knows")
    return "".join(pieces)


def _raw(text: str) -> str:
    return "{% raw %}" + text + "{% endraw %}"
