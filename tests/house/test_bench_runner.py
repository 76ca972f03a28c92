"""The benchmark runner reports what was measured, in a table and in lines, and hides no missed goal."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.result import Result

ROOT = Path(__file__).resolve().parents[2]

GOOD = """
from bench.result import Result

def run():
    return Result("quick", "sqlite", {"staff_sqlite": 0.81}, {"staff_sqlite": ">=0.70"}, {"requests_per_second": 2100})
"""
SLOW = """
from bench.result import Result

def run():
    return [Result("slow", None, {"lost": 3}, {"lost": "<=0"}, profile="三行丢在队列里")]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project folder with the real runner and two benchmarks: one reaches its goal, one does not."""
    (tmp_path / "bench").mkdir()
    for name in ("__init__.py", "__main__.py", "result.py"):
        shutil.copy(ROOT / "bench" / name, tmp_path / "bench")
    (tmp_path / "bench" / "quick.py").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bench" / "slow.py").write_text(SLOW, encoding="utf-8")
    (tmp_path / "bench" / "part.py").write_text("ROWS = 3\n", encoding="utf-8")
    return tmp_path


def bench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "bench", *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )


def test_json_gives_one_line_for_each_result_and_tells_misses_on_stderr(folder: Path) -> None:
    done = bench(folder, "--json")
    assert done.returncode == 0
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {
            "bench": "quick",
            "database": "sqlite",
            "ratios": {"staff_sqlite": 0.81},
            "goals": {"staff_sqlite": ">=0.70"},
            "figures": {"requests_per_second": 2100},
        },
        {"bench": "slow", "database": None, "ratios": {"lost": 3}, "goals": {"lost": "<=0"}, "figures": {}},
    ]
    assert "slow.lost 未达到目标：实测 3，目标 <=0\n三行丢在队列里" in done.stderr


def test_the_table_is_aligned_and_names_the_missed_goal_with_its_profile(folder: Path) -> None:
    done = bench(folder)
    assert done.returncode == 0
    table, _, misses = done.stdout.partition("\n\n")
    assert table.splitlines() == [
        "指标                   数据库   数值  目标    结论",
        "quick.staff_sqlite     sqlite  0.810  >=0.70  达到",
        "  requests_per_second          2,100",
        "slow.lost              —           3  <=0     未达到",
    ]
    assert misses == "slow.lost 未达到目标：实测 3，目标 <=0\n三行丢在队列里\n"


def test_a_number_named_as_in_the_issues_runs_its_benchmark_alone(folder: Path) -> None:
    done = bench(folder, "quick.staff_sqlite", "--json")
    assert [json.loads(line)["bench"] for line in done.stdout.splitlines()] == ["quick"]


def test_an_unknown_name_is_wrong_usage_and_lists_what_there_is(folder: Path) -> None:
    done = bench(folder, "nothing")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing" in done.stderr
    assert "quick" in done.stderr


def test_a_crash_fails_the_run_but_the_others_still_report(folder: Path) -> None:
    (folder / "bench" / "broken.py").write_text("def run():\n    raise RuntimeError('no database')\n", encoding="utf-8")
    done = bench(folder, "--json")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert "RuntimeError: no database" in done.stderr


@pytest.mark.parametrize(
    ("goal", "number", "reached"), [(">=0.70", 0.70, True), (">=0.70", 0.69, False), ("<=0", 0, True), ("<=1.5", 1.6, False)]
)
def test_a_goal_is_reached_on_its_side_of_the_bound(goal: str, number: float, reached: bool) -> None:
    result = Result("pages", "sqlite", {"staff": number}, {"staff": goal})
    assert result.reaches("staff") is reached
    assert result.missed() == ([] if reached else ["staff"])


@pytest.mark.parametrize(
    ("ratios", "goals"), [({}, {"staff": ">=1"}), ({"staff": 1.0}, {"staff": "about 1"}), ({"staff": float("nan")}, {})]
)
def test_what_could_not_be_judged_is_refused(ratios: dict[str, float], goals: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="pages"):
        Result("pages", "sqlite", ratios, goals)
