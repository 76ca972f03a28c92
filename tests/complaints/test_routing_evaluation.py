"""``./run cli routing evaluate``: the figures, the predictions, and what it says of files it cannot use."""

import json
import random

import numpy as np
import pytest
from click.testing import CliRunner

from coordination.complaints import evaluating
from coordination.complaints.commands import routing
from coordination.complaints.learning import Model, ModelBroken, train
from coordination.complaints.reading import LONGEST_CELL
from models.errors import RuleBroken

MATTERS = {
    "体育": ("健身卡退款", "游泳馆关门", "教练离职", "场馆停业"),
    "住建": ("物业乱收费", "电梯停运", "房屋漏水", "装修噪声"),
    "交通": ("驾校拖延", "网约车绕路", "汽车维修", "公交不停站"),
}
FIGURES = {"accuracy", "macro_f1", "top2", "coverage_at_95", "coverage_at_98", "ece", "train_s", "per_s", "curve"}


@pytest.fixture
def files(tmp_path):
    """Eighty rows to learn from, twenty to score, and duties."""
    chance = random.Random(1)
    rows = []
    for at in range(100):
        label = chance.choice(list(MATTERS))
        first, second = chance.sample(MATTERS[label], 2)
        rows.append(f"{first}问题,反映{first}，另有{second}，第{at}件，请处理。,{label}\n")
    (tmp_path / "train.csv").write_text("title,detail,label\n" + "".join(rows[:80]), encoding="utf-8")
    (tmp_path / "test.csv").write_text("\ufefftitle,detail,label\n" + "".join(rows[80:]), encoding="utf-8")
    duties = "".join(f"{label},{'；'.join(words)}\n" for label, words in MATTERS.items())
    (tmp_path / "duties.csv").write_text("label,text\n" + duties, encoding="utf-8")
    return tmp_path


def run(folder, *more):
    arguments = ["evaluate", "--train", str(folder / "train.csv"), "--test", str(folder / "test.csv"), *more]
    return CliRunner().invoke(routing, arguments)


def test_the_figures_are_one_line_of_json_with_the_learning_curve(files):
    done = run(files, "--duties", str(files / "duties.csv"), "--json")

    found = json.loads(done.stdout)
    assert set(found) == FIGURES
    assert list(found["curve"]) == ["0", "35", "all"]
    assert found["accuracy"] >= 0.9
    assert found["curve"]["all"] == found["macro_f1"]
    assert 0 <= found["ece"] <= 1
    assert found["top2"] >= found["accuracy"]


def test_the_predictions_are_one_line_a_row_with_units_by_falling_confidence(files):
    out = files / "predictions.jsonl"
    run(files, "--duties", str(files / "duties.csv"), "--predictions", str(out), "--json")

    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["row"] for line in lines] == list(range(20))
    for line in lines:
        confidences = [p for _, p in line["ranked"]]
        assert {unit for unit, _ in line["ranked"]} == set(MATTERS)
        assert confidences == sorted(confidences, reverse=True)
        assert sum(confidences) == pytest.approx(1, abs=1e-4)


def test_the_same_seed_gives_the_same_figures_and_no_duties_are_needed(files):
    found = [json.loads(run(files, "--seed", "7", "--json").stdout) for _ in range(2)]

    for one in found:
        del one["train_s"], one["per_s"]
    assert found[0] == found[1]


def test_people_get_lines(files):
    assert run(files).stdout.startswith("accuracy  ")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nowhere/train.csv", None, "没有文件夹"),
        ("missing.csv", None, "没有文件"),
        ("heads.csv", "title,text\n甲,乙\n".encode(), "缺少列：detail、label"),
        ("none.csv", b"title,detail,label\n", "没有数据行"),
        ("blank.csv", "title,detail,label\n甲,乙,\n".encode(), "label为空"),
        ("long.csv", f"title,detail,label\n甲,{'乙' * (LONGEST_CELL + 1)},丙\n".encode(), "不能读取"),
        ("gbk.csv", "title,detail,label\n甲,乙,丙\n".encode("gbk"), "不是UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(tmp_path, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(RuleBroken, match=said):
        evaluating.read_messages(path)


def test_coverage_is_the_largest_share_that_is_right_often_enough():
    confidence, right = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([True, True, False, True, False])

    assert evaluating.coverage(confidence, right, 0.95) == 0.4
    assert evaluating.coverage(confidence, right, 0.75) == 0.8
    assert evaluating.coverage(confidence, ~np.ones(5, dtype=bool), 0.95) == 0


def test_calibration_error_is_the_distance_of_confidence_and_truth():
    confidence = np.array([0.9] * 10)

    assert evaluating.calibration_error(confidence, np.array([True] * 9 + [False])) == pytest.approx(0)
    assert evaluating.calibration_error(confidence, np.ones(10, dtype=bool)) == pytest.approx(0.1)


def test_macro_f1_weighs_rare_labels_as_much_as_common_ones():
    assert evaluating.macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == pytest.approx((6 / 7 + 0) / 2)


def test_a_model_whose_parts_do_not_fit_is_broken():
    model = train({"A": "健身场馆", "B": "汽车维修"}, [])
    whole = Model.from_bytes(model.to_bytes())

    assert whole.units == ("A", "B")
    wrong = Model(("A",), model.vocabulary, model.learned, model.scale, model.tuning, model.cases)
    with pytest.raises(ModelBroken):
        Model.from_bytes(wrong.to_bytes())
