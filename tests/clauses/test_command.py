"""``./run cli meetings read-clauses``: a text by the register of the database, or items that bring their own."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask, current_app
from sqlalchemy.orm import Session

from coordination.cli import meetings
from coordination.members.queries import named_units
from coordination.usage import speak_chinese
from models.errors import BadInput
from tests.world import World

TEXT = "由县市场监管局牵头，县教育局、县文旅局配合，于9月底前完成备案。"


@pytest.fixture(scope="module", autouse=True)
def chinese() -> None:
    """As ``wsgi.py`` has it; a command keeps the words of its first help."""
    speak_chinese(meetings)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(meetings, ["read-clauses", *arguments], obj=current_app.config["CONFIG"])


def test_a_text_is_read_by_the_register_of_the_database(app: Flask, world: World, tmp_path: Path):
    file = tmp_path / "minutes.txt"
    file.write_text(TEXT, encoding="utf-8")
    result = run("--date", "2026-03-05", "--file", str(file), "--json")
    assert result.exit_code == 0, result.output
    (clause,) = json.loads(result.stdout)
    assert clause["text_span"] == TEXT.rstrip("。")
    assert (clause["lead"], clause["co"]) == (["示例县市场监督管理局"], ["示例县教育局", "示例县文化和旅游局"])
    assert clause["due"] == {"kind": "period_end", "value": "2026-09-30", "raw": "9月底前"}
    assert [TEXT[start:end] for start, end in clause["spans"]["lead"]] == ["县市场监管局"]
    assert clause["certain"]["lead"]
    assert "牵头 示例县市场监督管理局" in run("--date", "2026-03-05", "--file", str(file)).stdout


def test_items_bring_their_own_register_and_come_back_one_a_line(app: Flask, tmp_path: Path):
    file = tmp_path / "items.jsonl"
    units = [{"name": "市商务局", "short": [], "former": ["市经贸局"], "group": None}, {"name": "各县（市、区）", "group": True}]
    text = "由市经贸局牵头，会后7日内制定方案。"
    item = {"id": "a1", "meeting_date": "2026-03-05", "units": units, "text": text}
    file.write_text(
        "\n".join(json.dumps(one, ensure_ascii=False) for one in (item, {**item, "id": 2, "text": ""})) + "\n", encoding="utf-8"
    )
    result = run("--jsonl", str(file))
    assert result.exit_code == 0, result.output
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["id"], first["clauses"][0]["lead"], first["clauses"][0]["due"]["value"]) == ("a1", ["市商务局"], "2026-03-12")
    assert second == {"id": 2, "clauses": []}


@pytest.mark.parametrize(("line", "why"), [("{", "第1行无法识别"), ('{"id": 1}', "第1行缺少meeting_date"), ("[]", "第1行无法识别")])
def test_a_line_that_is_no_item_is_named(app: Flask, tmp_path: Path, line: str, why: str):
    file = tmp_path / "items.jsonl"
    file.write_text(line, encoding="utf-8")
    result = run("--jsonl", str(file))
    assert isinstance(result.exception, BadInput)
    assert result.exception.message.startswith(why)


def test_without_a_text_the_usage_is_told(app: Flask):
    assert run().exit_code == 2


def test_a_unit_that_ended_is_a_former_name_of_its_heir(session: Session, world: World):
    old, heir = world.units["WLJ"], world.units["SWJ"]
    old.valid_to, old.successor = date(2026, 1, 31), heir
    session.flush()
    register = {entry.name: entry for entry in named_units(session, date(2026, 3, 5))}
    assert old.name not in register
    assert {old.name, old.short_name} <= set(register[heir.name].former)
    assert register["各成员单位"].group
