"""What routing costs against the plainest learner of its kind: TF-IDF of one to three characters and a linear support vector machine.

Both learn the same invented complaints and answer the same others. ``predict_to_svc``: rows a second ÷ its rows a second; ``train_to_svc``:
training time ÷ its training time. Printed beside them: one suggestion with its reasons, loading a stored model, its size.
"""

import random
import time
from collections.abc import Callable
from datetime import date

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bench.result import Result
from coordination.complaints.explaining import DutyText
from coordination.complaints.grams import Message
from coordination.complaints.learning import Confirmed, Model
from coordination.complaints.routing import Case, Router, Terms

TRAINED, ANSWERED, SUGGESTED = 6_182, 1_000, 200
UNITS, WORDS, COMMON = 7, 400, 2_000
CHARACTERS = [chr(code) for code in range(0x4E00, 0x4E00 + 2_500)]
GOALS = {"predict_to_svc": ">=1.0", "train_to_svc": "<=2"}


def run() -> Result:
    """Measure; no database takes part."""
    rows, duties = _messages()
    trained, asked = rows[:TRAINED], rows[TRAINED:]
    cases = [Case(one.message.detail, one.message.title) for one in asked]
    terms = Terms(date(2026, 1, 1))
    routers: list[Router] = []
    train = _seconds(lambda: routers.append(Router(duties, trained, terms=terms)))
    router = routers[0]
    vectors, machine = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2), LinearSVC()
    plain_train = _seconds(lambda: machine.fit(vectors.fit_transform([_text(one) for one in trained]), [one.unit for one in trained]))
    texts = [_text(one) for one in asked]
    plain_predict = min(_seconds(lambda: machine.predict(vectors.transform(texts))) for _ in range(3))
    predict = min(_seconds(lambda: router.rank(cases)) for _ in range(3))
    suggest = _seconds(lambda: [router.suggest(case) for case in cases[:SUGGESTED]]) / SUGGESTED
    content = router.save()
    figures = {
        "seconds_train": train,
        "seconds_train_svc": plain_train,
        "rows_per_second": ANSWERED / predict,
        "rows_per_second_svc": ANSWERED / plain_predict,
        "milliseconds_suggestion": 1000 * suggest,
        "seconds_load": _seconds(lambda: Model.from_bytes(content)),
        "megabytes_model": len(content) / 1e6,
    }
    ratios = {"predict_to_svc": plain_predict / predict, "train_to_svc": train / plain_train}
    return Result("routing", None, ratios, GOALS, figures)


def _messages() -> tuple[list[Confirmed], list[DutyText]]:
    """Invented complaints of about 270 characters, the same each run: words of one unit among words that all use, and some of another's."""
    chance = random.Random(1)
    word = lambda: "".join(chance.choices(CHARACTERS, k=chance.choice((2, 2, 2, 3))))  # noqa: E731
    common = [word() for _ in range(COMMON)]
    heavy = [1 / (place + 1) for place in range(COMMON)]
    own = [[word() for _ in range(WORDS)] for _ in range(UNITS)]
    light = [1 / (place + 1) for place in range(WORDS)]
    duties = [DutyText(f"U{unit}", "；".join(words[:40])) for unit, words in enumerate(own)]
    rows = []
    for at in range(TRAINED + ANSWERED):
        unit, other = chance.sample(range(UNITS), 2)
        words = chance.choices(common, heavy, k=100) + chance.choices(own[unit], light, k=12) + chance.choices(own[other], light, k=6)
        chance.shuffle(words)
        title = "".join([*chance.choices(common, heavy, k=5), *chance.choices(own[unit], light, k=2)])
        detail = "".join(part + ("，" if place % 5 == 4 else "") for place, part in enumerate(words))
        rows.append(Confirmed(Message(title, detail), f"U{unit}", str(at)))
    return rows, duties


def _text(one: Confirmed) -> str:
    return f"{one.message.title}\n{one.message.detail}"


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
