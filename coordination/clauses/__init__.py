"""Official sentences read into clauses: lead and co-operating units, due date, deliverable. Pure: no network, no model, no clock.

text (plain characters) → names, dues with periods and rhythms (what is spoken of) → shape (marks, sentences) → frames, accounts (what asks
nothing) → roles, labels (who does what) → drafts, blocks (what is one task, whom it falls to) → reading (doubts, the words each field was
read from).
"""

from coordination.clauses.names import Entry
from coordination.clauses.reading import Clause, Term, read

__all__ = ["Clause", "Entry", "Term", "read"]
