"""What frames the tasks of a text and is none: its title, who wrote it and to whom, the heads of its tables, a note on who leads."""

import re
from itertools import pairwise

from coordination.clauses.accounts import is_above_title, is_letterhead, is_salutation
from coordination.clauses.labels import EVERYWHERE, FIRST_LEADS, is_head, is_other_head
from coordination.clauses.shape import DUE, MAIN_LEVELS, UNIT, Sentence, Shape
from coordination.clauses.verbs import VERBS

_DONE_ROW = re.compile(r"[\t ]已(?:完成|办结|销号|落实)$|\t已(?:完成|办结|销号|落实|整改)(?:[，；（并][^\t]*)?$")
_TOLD_ROW = re.compile(r"\t已[^\t]*$")
_TITLE_LINE = re.compile(
    f"(?:[^，。；：{UNIT}{DUE}]{{0,20}}{UNIT}?[^，。；：{UNIT}{DUE}]{{0,12}}(?:纪要|记录|整理稿|简报)"
    f"|[^，。；：{UNIT}]{{2,40}}(?:分解表?|任务表|(?:行动|实施|工作)(?:计划|方案)|工作要点|分工表|一览表|清单|名单|通知|签到表)"
    f"|关于[^，。]{{2,40}}的(?:督办单|函|通报|报告|请示|督办通知|提示函|通知单?))(?:（[^）]*）)*"
)
_BEGINS = re.compile(f"{DUE}?(?:{VERBS})")


class Frame:
    """Asked of each sentence in order. ``head``: of the table that goes on; ``first_leads``: of every list, the first unit leads;
    ``addressed``: whom the letter speaks to; ``is_above_title``: the last sentence named who wrote, above the title or the day."""

    def __init__(self, shaped: Shape) -> None:
        self.shaped = shaped
        self.head = ""
        self.addressed: list[int] = []
        self.first_leads = self.is_other_table = self.is_heading_on = self.is_above_title = False

    @property
    def has_co_column(self) -> bool:
        """Does a second column of units name those that co-operate? It does unless the head has one column for all."""
        return not self.head or "配合" in self.head or "牵头" in self.head

    def takes(self, sentence: Sentence, *, is_awaited: bool) -> bool:
        """Is the sentence part of the frame? ``is_awaited``: tasks before it wait for, or have just been given, their units."""
        whole = self.shaped.text[sentence.start : sentence.end]
        self.is_above_title = False
        if _DONE_ROW.search(whole) or (_TOLD_ROW.search(whole) and DUE not in whole):
            return True
        if self.is_other_table and "\t" in whole:
            return True
        self.is_other_table = is_other_head(self.shaped.text, sentence.start, sentence.end)
        if self.is_other_table:
            return True
        if is_head(self.shaped.text, sentence.start, sentence.end):
            self.head = f"{self.head}\t{whole}" if self.is_heading_on else whole
            self.is_heading_on = True
            return True
        self.is_heading_on = False
        if sentence.start == 0 and sentence.stop == "\n" and _TITLE_LINE.fullmatch(whole) and not _BEGINS.match(whole):
            return True
        if sentence.stop in ("\n", "") and is_letterhead(self.shaped, sentence):
            self.is_above_title = is_above_title(self.shaped, sentence)
            if self.is_above_title or not is_awaited:
                return True
        is_over_all = EVERYWHERE.search(whole) or (sentence.stop == "\n" and sentence.level < MAIN_LEVELS)
        if UNIT not in whole and FIRST_LEADS.search(whole) and is_over_all:
            self.first_leads = True
            return True
        if whole.endswith("：") and sentence.stop in ("\n", "") and is_salutation(whole):
            self.addressed = [sentence.start] if whole == f"{UNIT}：" else []
            return True
        self.addressed = self._spoken_to(sentence) or self.addressed
        return False

    def _spoken_to(self, sentence: Sentence) -> list[int]:
        """The unit that the sentence itself calls 你局: 城西所：你所…, 你局（市文广旅局）…"""
        places = self.shaped.units_in(sentence.start, sentence.end)
        text = self.shaped.text
        for place, after in pairwise(places):
            if self.shaped.is_spoken_to(place) and text[place + 1 : after] == "（":
                return [after]
            if place == sentence.start and text[place + 1] == "：" and self.shaped.is_spoken_to(after):
                return [place]
        return []
