"""The docs say what the code says."""

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.house import tables

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("name", ["states", "grants", "routes", "jobs"])
def test_the_generated_tables_are_the_codes(demo_app: Flask, name: str):
    made = tables.all_tables(demo_app)
    file = next(file for file in tables.DOCS.glob("*.md") if f"<!-- begin {name} -->" in file.read_text(encoding="utf-8"))
    text = file.read_text(encoding="utf-8")
    assert tables.renewed(text, made) == text, f"{file.name} is behind: python -m tests.house.tables"


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_links_lead_somewhere(paper: Path):
    text = re.sub(r"```.*?```", "", paper.read_text(encoding="utf-8"), flags=re.S)
    targets = [target for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if not re.match(r"[a-z]+:", target)]
    assert [target for target in targets if not (paper.parent / target).exists()] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_files_named_in_backticks_exist(paper: Path):
    named = re.findall(r"`((?:models|coordination|scheduler|templates|tests|bench|docs)/[\w./-]+)`", paper.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_glossary_has_every_state_word_and_role_once():
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    from models import Role

    assert [role.value for role in Role if role.value not in glossary] == []


def test_every_layer_of_the_architecture_paper_is_the_contracts():
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    modules = set(re.findall(r'"([a-z_| ]+)",', contract.split('containers = ["coordination"]')[1].split("]\n\n")[0]))
    paper = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").split("## Layers inside")[1].split("\n\n")[2]
    named = set(re.findall(r"[a-z]+", paper))
    assert named == {word for row in modules for word in re.findall(r"[a-z]+", row)}
