"""How the demo's stories are written: a line at the margin begins a thing, the indented lines below belong to it."""

from collections.abc import Iterator


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Each line at the margin with the indented text below it, joined."""
    head, below = "", []
    for line in text.splitlines():
        if line.startswith(" "):
            below.append(line.strip())
        elif line:
            if head:
                yield head, "".join(below)
            head, below = line, []
    if head:
        yield head, "".join(below)
