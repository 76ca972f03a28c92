"""What programs of other platforms may register and read, their keys, and what they are told when a status changes."""
