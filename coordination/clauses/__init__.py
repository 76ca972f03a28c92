"""Official sentences read into clauses: lead and co-operating units, due date, deliverable. Pure: no network, no model, no clock.

text (plain characters) → names, dues (what is spoken of) → shape (marks, sentences) → roles, labels (who does what) → drafts (what is one
task) → reading (inheritance, doubts, the words each field was read from).
"""

from coordination.clauses.names import Entry
from coordination.clauses.reading import Clause, Term, read

__all__ = ["Clause", "Entry", "Term", "read"]
