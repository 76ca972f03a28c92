"""Rules about the code itself, so that the house stays as docs/architecture.md draws it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for folder in ("models", "coordination", "scheduler") for path in (ROOT / folder).rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CLOCK_READERS = {"routes.py", "cli.py", "clock.py", "access.py", "menu.py", "app.py", "__main__.py", "commands.py"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*SOURCES, *TEMPLATES, *sorted((ROOT / "coordination/static").rglob("*.[cj]s"))], ids=name)
def test_no_file_is_longer_than_400_lines(path: Path):
    limit = 900 if path.suffix == ".css" else 400
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_public_thing_says_what_it_means(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert path.name == "__init__.py" or ast.get_docstring(tree), "the file has no sentence"
    silent = [f"{node.name}:{node.lineno}" for node in _members(tree) if not node.name.startswith("_") and not ast.get_docstring(node)]
    assert silent == []


def _members(tree: ast.Module) -> list[ast.FunctionDef | ast.ClassDef]:
    """Functions and classes of a file, and the methods of its classes."""
    top = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return top + [node for kind in top if isinstance(kind, ast.ClassDef) for node in kind.body if isinstance(node, ast.FunctionDef)]


def may_read_the_clock(path: Path) -> bool:
    """Routes may, also where they fill several files (``…_routes.py`` or a folder ``routes``), and the few named above."""
    return path.name in CLOCK_READERS or path.name.endswith("_routes.py") or path.parent.name == "routes"


@pytest.mark.parametrize("path", [p for p in SOURCES if not may_read_the_clock(p)], ids=name)
def test_below_the_routes_nobody_reads_the_clock(path: Path):
    assert not re.search(r"datetime\.(now|utcnow)\(|date\.today\(|clock\.(now|today)\(|time\.time\(", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [p for p in SOURCES if p.parts[-2] != "models"], ids=name)
def test_status_is_assigned_only_by_the_models_verbs(path: Path):
    assert not re.search(r"\.status = ", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_an_except_names_what_it_expects(path: Path):
    broad = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or _ids(node.type) & {"Exception", "BaseException"})
    ]
    # What undoes its work and raises again, the job whose failure must not stop the next, and a spoilt archive, which fails in any way.
    allowed = {
        "coordination/transaction.py": 1,
        "coordination/settings/backup.py": 1,
        "coordination/settings/restoring.py": 2,
        "scheduler/jobs.py": 1,
    }
    assert len(broad) <= allowed.get(name(path), 0), broad


def _ids(node: ast.expr) -> set[str]:
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_hold_no_inline_style_or_script_and_name_no_other_host(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\bsrc=)|javascript:", text)
    assert not re.search(r"https?://(?!www\.(12315|gov)\.cn)", text)


def test_nothing_third_party_or_binary_is_in_the_tree():
    found = [
        name(path)
        for path in ROOT.rglob("*")
        if path.is_file()
        and not {".git", ".venv", "instance", "__pycache__"} & set(path.relative_to(ROOT).parts)
        and re.search(r"\.min\.(js|css)$|\.(whl|so|exe|ttf|otf|woff2?)$", path.name)
    ]
    assert found == []
