"""Whom a text speaks of: the register's units by full, short, former and elided names, group words, and units it does not know."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from coordination.clauses.spelling import SUFFIX, WORDS, variants
from coordination.clauses.text import plain_name
from coordination.clauses.verbs import VERBS

UNKNOWN_HERE = "\ue000"
LEVEL = "国省市县区州旗盟"


@dataclass(frozen=True)
class Entry:
    """A unit of the register. ``name`` is what a reading returns; ``group``: a word for several units, such as 各成员单位."""

    name: str
    short: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    group: bool = False


@dataclass(frozen=True)
class Mention:
    """Units spoken of at [start, end) of the plain text: ``names`` of the register; none of them, or several, when it must be asked."""

    start: int
    end: int
    names: tuple[str, ...]
    is_known: bool = True
    words: str = ""

    @property
    def name(self) -> str | None:
        """The one unit meant, if it is plain which."""
        return self.names[0] if self.is_known and len(self.names) == 1 else None


# Group words by what they gather: the words of a register's entry that tell it, and how texts write it.
_TOWN = r"(?:乡镇|镇乡|镇街|乡（镇）|镇（街道）|乡镇（街道办事处）|乡镇（街道）|乡镇、街道|乡、镇|镇|乡)"
GROUPS = (
    (
        "乡|镇|街道",
        rf"各(?:有关)?(?:{_TOWN}(?:人民政府|党委政府|政府)?(?:[、，和]?(?:各)?街道(?:办事处|办)?|（(?:各)?街道(?:办事处|办)?）)?|街道(?:办事处|办)?)",
    ),
    ("成员单位", r"(?=[其联全各有相成])(?:其他|其它|联席会议|全体)?(?:各)?(?:有关|相关|联席会议)?成员单位"),
    (
        "县.?.?[市区]|区县|市县",
        r"各(?:有关)?(?:县（市、区）|县（市）|县市区|县、市、区|县（区）|市（县、区）|市县区|县区|区县|市县|县市|区（县）)(?:人民政府|政府|（管委会）)?",
    ),
    ("各市|市（州）|市州|设区", r"各(?:设区市|设区的市|市（州）|市州|市)(?:人民政府|政府|党委政府)"),
    ("各.*[股科处]室?", r"(?=[局机各])(?:局)?(?:机关)?各(?:有关|相关|业务|职能)?(?:股室|科室|处室|科（室）|股（室）|股|科)(?![长普学])"),
    ("各.*[所队]", r"各(?:基层)?(?:(?:市场监管|市场监督管理)?(?:分局|所))(?:、?队|（队）)?"),
    (
        "部门",
        r"(?=[县市省区各级其有相行职业主责部])(?:县级|市级|省级|县直|市直|省直|县|市|省|区)?(?:各)?(?:级)?(?:其他|其它)?(?:各)?(?:有关|相关|各有关|各相关|行业主管|职能|业务主管)?(?:有关|相关|职能|主管|行业主管|责任)?部门(?:和单位|（单位）|、单位)?",
    ),
    ("单位", r"(?:其他|其它)?(?:各)?(?:有关|相关|各有关|牵头|责任|配合|承办|主办)单位(?:和部门)?"),
)
# Words for units that no register can hold: whom a letter speaks to.
_OTHERS = re.compile("其[他它](?:有关|相关)?(?:部门|单位)")  # those beside the ones named before, whoever they are
_YOU = re.compile(r"(?:你|贵|该)(?:单位|局|委|办|县|市|镇|乡|街道|中心|公司|院|校|所|股|科|队)|你们")
_STRONG = (
    "局|委员会|办公室|厅|中心|大队|支队|总队|分局|支局|支行|银行|管委会|协会|商会|学会|联合会|合作社|公司|集团|政府|办事处|街道办|街道|法院|检察院|纪委监委"
    "|纪委|监委|指挥部|领导小组|专班|工作组|督查室|医院|学校"
)
_WEAK = "委|办|部|院|组|处|科|股|所|站|社|联|镇|乡|室"
_CUE = (
    "由|请|会同|联合|协同|商|协助|配合|支持|责成|要求|其中|以及|和|与|及|同|在|交|转|报|送|向|对|督促|指导|是|限|经|为|以|明确|确定|函告|抄送|牵头|参与"
    "|牵头单位|责任单位|配合单位"
)
_ROLE_WORDS = "牵头|主办|承办|协办|负责|配合|协助|参与|支持|、|会同"
_ENDS = re.compile(
    rf"(?:{_STRONG}|{_WEAK})(?=$|[，。；：、\s（）\ue000\ue001]|\d{{1,2}}月|和|与|及|以及|等|{_ROLE_WORDS}|参加|要|应|须|联合|商|为|具体|共同|分别|全程|独立|统一|主动|积极|予以|给予|按|于|在|每|立即|{VERBS})"
)
_NAME = re.compile(r"[一-龥0-9]+$")
_LONGEST = 16
_NOT_IN_A_NAME = re.compile(
    r"由|我|的|会议前|之前|以前|底前|牵头|负责|配合|于|将|把|对|向|要|应|须|请|会同|完成|开展|加强|推进|建立|制定|落实|做好|提供|组织|成立|设立|确定|依托|通过|按|并|及时|工作|问题|情况"
    r"|消费者|群众|经营者|投诉|以来|本|每|各自|场所|报|年|月|日|是|会议$|会同|名|第|下设|设在|设立|[大全格布结时]局$|城乡$|[协承主督交转]办$|社会$|事关|任|向|给|为|从"
)
_BEGINS_WITH_VERB = re.compile(f"{VERBS}|依托|针对|围绕|结合|按照|参照|根据|利用|采取|采用|通过")
_CUES_BEFORE = re.compile(
    r"^.*(?:由|请|会同|联合|责成|要求|其中|(?<![招电工微])商(?!务|业|贸|会)|(?<![申年日])报(?!告)|(?<=[告单表案])送|(?<!成)交(?!通|运|警|易|流)|归|转|向|牵头|督促|指导|约谈|立即|联系|可以|委托|(?<=[内前])与|^.{0,2}设(?![计备施区])|(?:配合|协助)(?=.{2}))|^(?:和|与|及|同|经|以|在|对|限)+"
)
_OFFICE = re.compile("(?:联席会议|领导小组|工作专班|委员会)办公室")
_BEFORE_OFFICE = re.compile("[^一-龥]|由|请|向|报(?!告)|经|送|将|对|是|在|为|按|和|与|及|同")
# A table that a copy has made one line of: its names stand next to its tasks.
_GLUED = re.compile(r"序号(?:[一-龥]{2,6}(?:任务|内容|事项|措施))?(?:任务|内容|事项|措施)?[一-龥]{0,8}(?:单位|股室|科室|部门)")
_JOINED = re.compile("、|和|与|及")
_LABELS = re.compile("(?:牵头|责任|配合|承办|主办)(?:单位|部门)")
_CONSUMERS = re.compile("消费者(?:权益保护)?(?:协会|委员会)$")
_AREA = re.compile("[辖社园景校小库片街城郊山矿开新发业游术]区$")
_ADDRESS = re.compile(r"(?:[路街巷号]\d{0,4}|\d)室?$")  # 人民路1号302室
_STRONG_END = re.compile(rf"(?:{_STRONG})$")
_GOVERNMENT = re.compile("(?:国务院|[省市县区]?(?:委|人民政府|政府|委常委会|委县政府))")
_FOREIGN = re.compile(r"(?:[省市州国]|县（市、区）|县市区|各县|各区|外县|上级|兄弟县)$")
_BOUNDARY = re.compile(
    rf"(?:^|[^一-龥]|{_CUE}|等|单位|部门|前|后|内|底|时|日|年|周|月|度|并|后|再|则|将|把|给|让|被|含|除|如|即|而|但|也|还|均|都|各|原|所属|其他|今后|会议)$"
)


@dataclass
class Index:
    """Every written form of the register's units, to be found in one walk through a text."""

    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bare: set[str] = field(default_factory=set)
    lengths: dict[str, list[int]] = field(default_factory=dict)
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    longest_field: int = 0
    begins: re.Pattern[str] = re.compile("(?!)")
    groups: list[tuple[re.Pattern[str], str | None]] = field(default_factory=list)

    def at(self, text: str, start: int) -> str:
        """The longest form that begins at ``start``; empty when none does."""
        for length in self.lengths.get(text[start : start + 2], ()):
            if text[start : start + length] in self.forms:
                return text[start : start + length]
        return ""


@lru_cache(maxsize=64)
def index(register: tuple[Entry, ...]) -> Index:
    """The index of a register. What the register itself writes goes before what is derived from it; a form of two units names both."""
    made = Index()
    told: dict[str, dict[str, None]] = {}
    derived: dict[str, dict[str, None]] = {}
    fields: dict[str, dict[str, None]] = {}
    for entry in register:
        written = [plain_name(name) for name in (entry.name, *entry.short, *entry.former) if name.strip()]
        for form in written:
            told.setdefault(form, {})[entry.name] = None
        for form, is_bare in [] if entry.group else [pair for name in written for pair in variants(name)]:
            derived.setdefault(form, {})[entry.name] = None
            if is_bare:
                made.bare.add(form)
                fields.setdefault(WORDS.without_suffix(form), {})[entry.name] = None
    made.forms = {form: tuple(names) for form, names in {**derived, **told}.items() if len(form) > 1}
    made.fields = {form: tuple(names) for form, names in fields.items() if len(form) > 1}
    made.longest_field = max(map(len, made.fields), default=0)
    made.bare -= {form for form in told if not WORDS.is_common(form)}
    _measure(made)
    made.groups = list(_groups_of([entry.name for entry in register if entry.group]))
    return made


def _measure(made: Index) -> None:
    """By which characters forms begin, and how long those are that begin with the same two."""
    for form in sorted(made.forms, key=len, reverse=True):
        lengths = made.lengths.setdefault(form[:2], [])
        if len(form) not in lengths:
            lengths.append(len(form))
    if made.forms:
        made.begins = re.compile(f"[{re.escape(''.join(sorted({form[0] for form in made.forms})))}]")


def _groups_of(names: list[str]) -> Iterator[tuple[re.Pattern[str], str | None]]:
    """Each sort of group word with the register's name for it, if it has one."""
    for told_by, pattern in GROUPS:
        name = next((name for name in names if re.search(told_by, name)), None)
        names = [other for other in names if other != name]
        yield re.compile(pattern), name


def mentions(text: str, register: Index) -> list[Mention]:
    """Every unit a plain text speaks of, in order, none within another."""
    found = list(_walk(text, register))
    found = _merge(found, _departments(text, register, found))
    found = _merge(found, _grouped(text, register))
    return _one_level(text, _merge(found, _unknown(text, found)))


def _walk(text: str, register: Index) -> Iterator[Mention]:
    """The register's forms, the longest first; an elided one only where a name may begin."""
    reached = 0
    for start in register.begins.finditer(text):
        at = start.start()
        if at < reached:
            continue
        form = register.at(text, at)
        if form and (form not in register.bare or not at or _may_begin(text[max(0, at - 6) : at]) or _is_glued(text, at)):
            yield Mention(at, at + len(form), register.forms[form])
            reached = at + len(form)


def _is_glued(text: str, at: int) -> bool:
    return _GLUED.match(text, text.rfind("\n", 0, at) + 1) is not None


def _may_begin(before: str) -> bool:
    return not _FOREIGN.search(before) and bool(_BOUNDARY.search(before))


def _departments(text: str, register: Index, known: list[Mention]) -> list[Mention]:
    """Fields of work that stand for bureaus: 市场监管、公安、教育等部门; 农牧和国土部门; 省工信厅、广电、商务等部门."""
    found: list[Mention] = []
    for tail in re.finditer(
        r"(?:等)?(?:\d{1,2}个|多个|几个|有关|相关|职能|主管|行业主管|行政|行政主管|监管|管理)*(?:部门|单位)|[两三四五六七八九十]家(?=要|须|应|共同|联合|分别)",
        text,
    ):
        at, first = tail.start(), True
        if _field_before(text, at, register) is None:
            at = tail.end() - 2  # 市场监管部门: 监管 may belong to the field
        while at > 0:
            item = _field_before(text, at, register) or _unknown_field(text, at, register, first)
            if item is None:
                break
            found.append(item)
            first, at = False, item.start
            joined = re.search(r"(?:、|和|与|及|以及)$", text[max(0, at - 2) : at])
            if joined is None:
                break
            at -= len(joined[0])
    for bureau in known:
        joined = _JOINED.search(text, max(0, bureau.start - 2), bureau.start)
        if joined and joined.end() == bureau.start and text[bureau.start : bureau.end] in register.bare:
            item = _field_before(text, joined.start(), register)
            found += [item] if item else []
    return found


def _unknown_field(text: str, end: int, register: Index, is_last: bool) -> Mention | None:
    """A field among others that no unit of the register works in: 教体 in 商务、教体、文旅等部门."""
    found = re.search(r"(?:^|[、，。；：（\s]|由|请|同|联合|和|与|及)([一-龥]{2,5})$", text[max(0, end - 7) : end])
    if found is None or is_last or text[end : end + 1] not in ("、", "和", "与", "及") or SUFFIX.search(found[1]):
        return None
    return Mention(end - len(found[1]), end, (), False)


def _field_before(text: str, end: int, register: Index) -> Mention | None:
    for length in range(min(register.longest_field, end), 1, -1):
        names = register.fields.get(text[end - length : end])
        start = end - length
        if names is None:
            continue
        level = 1 if start and text[start - 1] in "省市县区" and text[start - 1 : start + 2] not in ("市场",) else 0
        before = text[max(0, start - level - 6) : start - level]
        if level and not any(text[start - 1] in name[:8] for name in names):
            return None
        if _BOUNDARY.search(before):
            return Mention(start - level, end, names)
    return None


def _grouped(text: str, register: Index) -> list[Mention]:
    """Group words, those of the register by its own name; words for other sorts of bodies; and whom a letter speaks to."""
    found: list[Mention] = []
    for pattern, name in register.groups:
        for one in pattern.finditer(text):
            word, before = one[0], text[one.start() - 1 : one.start()]
            if len(word) > 2 and before not in ("等", "各") and not _LABELS.fullmatch(word) and (name or word != "成员单位"):
                is_known = name is not None and not _OTHERS.fullmatch(word)
                found.append(Mention(one.start(), one.end(), (name,) if name and is_known else (), is_known))
    found.extend(_office(text, one) for one in _OFFICE.finditer(text))
    found.extend(Mention(one.start(), one.end(), (), False, one[0]) for one in _YOU.finditer(text))
    return found


def _office(text: str, found: re.Match[str]) -> Mention:
    """The office of a body, with the body's name before it as far as a name reaches."""
    before = text[max(0, found.start() - 20) : found.start()]
    begun = list(_BEFORE_OFFICE.finditer(before))
    start = max(0, found.start() - 20) + (begun[-1].end() if begun else 0)
    return Mention(start, found.end(), (), False)


def _unknown(text: str, known: list[Mention]) -> list[Mention]:
    """What is written as a unit is written, where one may stand, and is none of the register's."""
    marked = list(text)
    for one in known:
        marked[one.start : one.end] = UNKNOWN_HERE * (one.end - one.start)
    rest, found = "".join(marked), []
    for end in _ENDS.finditer(rest):
        written = _NAME.search(rest[max(0, end.end() - _LONGEST) : end.end()])
        name = _CUES_BEFORE.sub("", written[0]) if written else ""
        level = max((at for at in map(name.find, "县省区") if 0 < at < len(name) - 2), default=0)
        name = name if _AREA.search(name, 0, level + 1) else name[level:]
        after = rest[end.end() : end.end() + 2]
        is_listed = rest.startswith(f"{UNKNOWN_HERE}、", max(0, end.end() - len(name) - 2)) and after[:1] in "）。；，"
        if _may_be_unit(name, after, is_listed=is_listed):
            found.append(Mention(end.end() - len(name), end.end(), (), False))
    return found


def _may_be_unit(name: str, after: str, *, is_listed: bool) -> bool:
    """Is it a unit's name by its ending, its region, or a word of role behind it?"""
    if len(name) < 3 or _ADDRESS.search(name):
        return False
    if _CONSUMERS.search(name):
        return name[0] in "省市县区全"
    if _NOT_IN_A_NAME.search(name) or _BEGINS_WITH_VERB.match(name) or _GOVERNMENT.fullmatch(name):
        return False
    if name.startswith(("国务院", "中央", "党中央")) or re.fullmatch("(?:国家|全国)(?:[^省市县区]|市(?=场)){2,14}", name):
        return False
    if name.endswith("政府") and not re.search("[省市县区州镇乡]", name):
        return False
    is_cued = is_listed or (len(name) < 9 and re.match(_ROLE_WORDS, after) is not None)
    return is_cued or name[0] in "省市县区" or _STRONG_END.search(name) is not None


def _merge(first: Iterable[Mention], more: Iterable[Mention]) -> list[Mention]:
    """Both in order; of two that overlap the longer, else the earlier given."""
    kept: list[Mention] = []
    for one in sorted([*first, *more], key=lambda m: (m.start, m.start - m.end)):
        if kept and one.start < kept[-1].end:
            if one.end - one.start > kept[-1].end - kept[-1].start and one.is_known >= kept[-1].is_known:
                kept[-1] = one
            continue
        kept.append(one)
    return kept


def _one_level(text: str, found: list[Mention]) -> list[Mention]:
    """An elided name in a list is of the level of the name before it: 省工信厅、广电局."""
    made: list[Mention] = []
    for one in found:
        if len(one.names) > 1 and made and made[-1].name and one.start - made[-1].end <= 2:
            level = _level(made[-1].name)
            fitting = tuple(name for name in one.names if _level(name) == level)
            one = Mention(one.start, one.end, fitting or one.names)
        made.append(one)
    return made


def _level(name: str) -> str:
    return next((char for char in name[:8] if char in LEVEL), "")
