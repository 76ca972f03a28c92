"""The generated tables of docs/: states, permissions, jobs. ``python -m tests.house.tables`` writes them anew; a test compares."""

import re
from pathlib import Path

from flask import Flask

from coordination.cli import addresses
from coordination.permissions import GRANTS, MECHANISM_ROLES, UNIT_ROLES, Permission
from models import (
    Appeal,
    Complaint,
    Extension,
    ExtraRequest,
    FastLane,
    Meeting,
    Minutes,
    Objection,
    Proposal,
    Recognition,
    RemovalProposal,
    Role,
    Task,
    TaskPaper,
)
from models.states import Stateful
from scheduler.timetable import TIMETABLE

DOCS = Path(__file__).resolve().parents[2] / "docs"
MARK = re.compile(r"(<!-- begin (?P<name>[a-z-]+) -->\n).*?(<!-- end (?P=name) -->)", re.S)


def states() -> str:
    """One table per thing that has a status: from, its word, where it may go."""
    of_meetings = (Meeting, Proposal, ExtraRequest, Minutes, Task, Extension, TaskPaper)
    others = (Recognition, Objection, RemovalProposal, Appeal, Complaint, FastLane)
    return "\n".join(_moves(kind) for kind in (*of_meetings, *others))


def _moves(kind: type[Stateful]) -> str:
    lines = [f"### {kind.__name__}", "", "| from | word | to |", "|---|---|---|"]
    for source, targets in kind.MOVES.items():
        order = [target for target in kind.MOVES if target in targets]
        lines.append(f"| `{source}` | {source.label} | {' · '.join(f'`{t}`' for t in order) or '—'} |")
    return "\n".join([*lines, ""])


def grants() -> str:
    """Permission × role."""
    roles = list(Role)
    lines = ["| permission | " + " | ".join(role.value for role in roles) + " |", "|---|" + "---|" * len(roles)]
    for permission in Permission:
        lines.append(f"| `{permission}` | " + " | ".join(_mark(role, permission) for role in roles) + " |")
    return "\n".join([*lines, ""])


def _mark(role: Role, permission: Permission) -> str:
    if permission not in GRANTS[role]:
        return ""
    return "unit" if role in UNIT_ROLES else "mechanism" if role in MECHANISM_ROLES else "yes"


def routes(addresses: list[dict]) -> str:
    """Address × access, from ``./run cli routes --json``."""
    lines = ["| address | methods | access | feature |", "|---|---|---|---|"]
    lines += [f"| `{row['address']}` | {' '.join(row['methods'])} | {row['access']} | {row['feature']} |" for row in addresses]
    return "\n".join([*lines, ""])


def jobs() -> str:
    """Job × when × what, from the timetable."""
    lines = ["| job | when | what |", "|---|---|---|"]
    lines += [f"| `{entry.name}` | {entry.when} | {entry.what} |" for entry in TIMETABLE]
    return "\n".join([*lines, ""])


def renewed(text: str, tables: dict[str, str]) -> str:
    """``text`` with what stands between its marks replaced by the tables of these names."""
    return MARK.sub(lambda found: found.group(1) + tables[found.group("name")] + found.group(3), text)


def all_tables(app: Flask) -> dict[str, str]:
    """Every generated table by the name of its mark."""
    return {"states": states(), "grants": grants(), "routes": routes(addresses(app)), "jobs": jobs()}


def main() -> None:
    """Write the tables into docs/ anew."""
    from wsgi import app

    tables = all_tables(app)
    for file in DOCS.glob("*.md"):
        file.write_text(renewed(file.read_text(encoding="utf-8"), tables), encoding="utf-8")


if __name__ == "__main__":
    main()
