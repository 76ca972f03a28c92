"""Runs benchmarks and reports them: ``./run bench [NAME…] [--json]``.

Contract of a benchmark: a module in this folder with ``run() -> Result`` or ``run() -> list[Result]`` (see ``bench/result.py``), called
without arguments. It makes its own data in a temporary place, leaves nothing behind and writes nothing to stdout. A module without
``run`` is a part that benchmarks share and is passed over. ``NAME`` is a module (``pages``) or one of its numbers
(``pages.staff_sqlite``); either runs the whole module, because a ratio and its reference belong to one run.

Stdout carries the table or, with ``--json``, one line per result: {bench, database, ratios, goals, figures}. A missed goal is told in
words with its profile, below the table or on stderr. Exit code: 0 measured, whatever the goals say; 1 a benchmark crashed; 2 wrong usage.
"""

import argparse
import importlib
import json
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from unicodedata import east_asian_width

import bench
from bench.result import Result

Row = tuple[str, str, str, str, str]
HEAD: Row = ("指标", "数据库", "数值", "目标", "结论")


def main(arguments: Sequence[str]) -> int:
    """Run the named benchmarks, or all, and return the exit code."""
    parser = argparse.ArgumentParser(prog="./run bench", description="性能基准", usage="./run bench [名称…] [--json]", add_help=False)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    available = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in ("__main__", "result"))
    chosen = list(dict.fromkeys(name.partition(".")[0] for name in options.names)) or available
    unknown = [name for name in chosen if name not in available]
    if unknown:
        sys.stderr.write(f"没有名为 {'、'.join(unknown)} 的基准；现有：{'、'.join(available) or '无'}\n")
        return 2
    results: list[Result] = []
    crashed = False
    for name in chosen:
        try:
            measured = _measure(name)
        except Exception:
            # The other benchmarks still have something to say; the exit code and the trace tell of this one.
            traceback.print_exc()
            crashed = True
            continue
        results += measured
        if options.json:
            sys.stdout.write("".join(_json(result) + "\n" for result in measured))
            sys.stdout.flush()
    if results and not options.json:
        sys.stdout.write(_table([HEAD, *(row for result in results for row in _rows(result))]))
    (sys.stderr if options.json else sys.stdout).write(_misses(results))
    return 1 if crashed else 0


def _measure(name: str) -> list[Result]:
    """What a benchmark found; nothing from a module that is only a shared part."""
    run = getattr(importlib.import_module(f"bench.{name}"), "run", None)
    if run is None:
        return []
    sys.stderr.write(f"正在测量 {name} ……\n")
    outcome = run()
    return [outcome] if isinstance(outcome, Result) else list(outcome)


def _json(result: Result) -> str:
    """One line for a machine; the profile is for people and stays out."""
    return json.dumps({key: getattr(result, key) for key in ("bench", "database", "ratios", "goals", "figures")}, ensure_ascii=False)


def _rows(result: Result) -> list[Row]:
    """The ratios with their verdicts, then the figures behind them."""
    database = result.database or "—"
    rows: list[Row] = []
    for name, number in result.ratios.items():
        goal = result.goals.get(name, "—")
        verdict = "—" if goal == "—" else "达到" if result.reaches(name) else "未达到"
        rows.append((f"{result.bench}.{name}", database, str(number) if isinstance(number, int) else f"{number:.3f}", goal, verdict))
    return rows + [(f"  {name}", "", f"{number:,.2f}".removesuffix(".00"), "", "") for name, number in result.figures.items()]


def _misses(results: list[Result]) -> str:
    """Each missed goal in words, with the profile of its result."""
    text = ""
    for result in results:
        for name in result.missed():
            text += f"\n{result.bench}.{name} 未达到目标：实测 {result.ratios[name]:.4g}，目标 {result.goals[name]}\n"
        if result.missed():
            text += f"{result.profile.rstrip() or '（没有附分析）'}\n"
    return text


def _table(rows: list[Row]) -> str:
    """Rows as lines with aligned columns; the third, numbers, to the right. A Chinese character takes two places on a terminal."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = []
    for row in rows:
        cells = []
        for column, cell in enumerate(row):
            padding = " " * (widths[column] - _width(cell))
            cells.append(padding + cell if column == 2 else cell + padding)
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
