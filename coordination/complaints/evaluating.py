"""How good is the routing on labelled messages: ``./run cli routing evaluate``. Files are read where they are, and nothing of them is kept.

What is measured: accuracy; macro-F1; top-2 (the right unit is among the first two); coverage at 95 and 98 % (the largest share, by falling
confidence, that is right so often); expected calibration error over 15 equal bins; and macro-F1 after 0, 35, … confirmed cases.
"""

import csv
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coordination.complaints import learning
from coordination.complaints.grams import Message
from coordination.complaints.learning import Confirmed
from models.errors import BadInput, NotFound

POINTS = (0, 35, 140, 350, 700, 1400, 2800)
BINS = 15
ROUNDED = 4  # decimal places of a figure


@dataclass(frozen=True)
class Scores:
    """Confidences of the units for each test row: ``p[row, unit]``."""

    units: tuple[str, ...]
    p: NDArray[Any]


@dataclass(frozen=True)
class Evaluation:
    """The figures, and the confidences behind them when all of the training file was confirmed."""

    figures: dict[str, Any]
    scores: Scores


def read_messages(path: Path) -> list[Confirmed]:
    """Rows of a CSV file with the columns title, detail, label (UTF-8); NotFound or BadInput in words."""
    rows = list(_rows(path, ("title", "detail", "label")))
    if not rows:
        raise BadInput(f"{path}中没有数据行")
    for number, row in enumerate(rows, start=2):
        if not row["label"].strip():
            raise BadInput(f"{path}第{number}条数据的label为空")
    return [Confirmed(Message(row["title"], row["detail"]), row["label"].strip()) for row in rows]


def read_duties(path: Path | None) -> dict[str, str]:
    """Duty text by unit from a CSV file with the columns label, text; several rows of a unit are joined."""
    duties: dict[str, str] = {}
    for row in _rows(path, ("label", "text")) if path is not None else ():
        unit = row["label"].strip()
        duties[unit] = f"{duties[unit]}\n{row['text']}" if unit in duties else row["text"]
    return duties


def evaluate(train: Sequence[Confirmed], test: Sequence[Confirmed], duties: dict[str, str], seed: int) -> Evaluation:
    """Train on ever more confirmed rows of one seeded shuffle, the rest of the training texts without label, and score the test rows.

    A point beyond the training rows is left out. A label's name belongs to its duty text; without a written duty it is all of it.
    """
    known = sorted({*duties, *(one.unit for one in train)})
    duties = {unit: f"{unit}\n{duties.get(unit, '')}" for unit in known}
    order = np.random.default_rng(seed).permutation(len(train))
    shuffled = [train[at] for at in order]
    truth = [one.unit for one in test]
    curve = {}
    for point in POINTS:
        if point < len(train):
            model = learning.train(duties, shuffled[:point], [one.message for one in shuffled[point:]], seed)
            curve[str(point)] = round(macro_f1(truth, best(score(model, duties, test))), ROUNDED)
    begun = time.perf_counter()
    model = learning.train(duties, shuffled, (), seed)
    seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    scores = score(model, duties, test)
    per_second = len(test) / (time.perf_counter() - begun)
    figures = measure(scores, truth)
    curve["all"] = figures["macro_f1"]
    return Evaluation({**figures, "train_s": round(seconds, 3), "per_s": round(per_second, 1), "curve": curve}, scores)


def score(model: learning.Model, duties: dict[str, str], test: Sequence[Confirmed]) -> Scores:
    """Confidences for the test rows."""
    scorer = model.scorer(duties)
    return Scores(scorer.units, learning.softmax(scorer.of(model.vocabulary.rows([one.message for one in test]))))


def best(scores: Scores) -> list[str]:
    """The unit ranked first for each row."""
    return [scores.units[at] for at in scores.p.argmax(axis=1)]


def measure(scores: Scores, truth: Sequence[str]) -> dict[str, float]:
    """The figures of one scoring."""
    guessed = best(scores)
    right = np.array([one == other for one, other in zip(guessed, truth, strict=True)])
    top = scores.p.max(axis=1)
    found = {
        "accuracy": right.mean(),
        "macro_f1": macro_f1(truth, guessed),
        "top2": _among_first(scores, truth, 2),
        "coverage_at_95": coverage(top, right, 0.95),
        "coverage_at_98": coverage(top, right, 0.98),
        "ece": calibration_error(top, right),
    }
    return {name: round(float(number), ROUNDED) for name, number in found.items()}


def macro_f1(truth: Sequence[str], guessed: Sequence[str]) -> float:
    """The mean of each label's F1, over the labels met in the truth or the guesses."""
    found = []
    for label in sorted({*truth, *guessed}):
        hits = sum(one == other == label for one, other in zip(truth, guessed, strict=True))
        found.append(2 * hits / (sum(one == label for one in truth) + sum(one == label for one in guessed)))
    return sum(found) / len(found)


def coverage(confidence: NDArray[Any], right: NDArray[Any], wanted: float) -> float:
    """The largest share of rows, by falling confidence, of which at least the wanted part is right; rows of one confidence go together."""
    order = np.argsort(-confidence, kind="stable")
    share_right = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    last_of_confidence = np.append(np.diff(confidence[order]) != 0, True)
    enough = np.flatnonzero((share_right >= wanted) & last_of_confidence)
    return float(enough[-1] + 1) / len(order) if len(enough) else 0.0


def calibration_error(confidence: NDArray[Any], right: NDArray[Any]) -> float:
    """Expected calibration error: how far confidence and share of right ones are apart, over equally wide bins, weighted by rows."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return sum(abs(float((confidence[bins == at] - right[bins == at]).sum())) for at in range(BINS)) / len(confidence)


def predictions(scores: Scores, test: Sequence[Confirmed]) -> str:
    """One line of JSON a row: {row, label, ranked: [[unit, p], …]}; rows are counted from 0, units by falling confidence."""
    lines = []
    for row, one in enumerate(test):
        order = np.argsort(-scores.p[row], kind="stable")
        ranked = [[scores.units[at], round(float(scores.p[row, at]), 6)] for at in order]
        lines.append(json.dumps({"row": row, "label": one.unit, "ranked": ranked}, ensure_ascii=False))
    return "".join(line + "\n" for line in lines)


def _among_first(scores: Scores, truth: Sequence[str], number: int) -> float:
    first = np.argsort(-scores.p, axis=1, kind="stable")[:, :number]
    return float(np.mean([label in [scores.units[at] for at in row] for label, row in zip(truth, first.tolist(), strict=True)]))


def _rows(path: Path, wanted: Sequence[str]) -> Iterator[dict[str, str]]:
    if not path.parent.is_dir():
        raise NotFound(f"没有文件夹{path.parent}，没有可供评估的数据")
    if not path.is_file():
        raise NotFound(f"没有文件{path}，没有可供评估的数据")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadInput(f"{path}不是UTF-8编码的CSV文件，请另存为UTF-8") from wrong
    reader = csv.DictReader(StringIO(text, newline=""))
    missing = [name for name in wanted if name not in (reader.fieldnames or ())]
    if missing:
        raise BadInput(f"{path}缺少列：{'、'.join(missing)}；应有列{','.join(wanted)}")
    try:
        for row in reader:
            yield {name: row[name] or "" for name in wanted}
    except csv.Error as wrong:
        raise BadInput(f"{path}第{reader.line_num}行不能读取，请检查引号和单元格长度") from wrong
