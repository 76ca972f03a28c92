"""Does what is owed when the time comes; a process of its own (python -m scheduler)."""
