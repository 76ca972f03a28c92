"""What can be refused, and how. Each message is shown to a person: it says what happened and what to do."""

from sqlalchemy.exc import DontWrapMixin


class RuleBroken(DontWrapMixin, Exception):
    """An action the rules do not allow. ``status`` is the HTTP answer, ``message`` the Chinese words."""

    status = 422

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadInput(RuleBroken):
    """The input cannot be taken as it stands."""


class NotAllowed(RuleBroken):
    """The person may not do this."""

    status = 403


class NotFound(RuleBroken):
    """There is no such thing, or none that this person may know of: both look the same."""

    status = 404


class IllegalMove(RuleBroken):
    """The thing's state does not permit this."""

    status = 409


class Conflict(RuleBroken):
    """Somebody else changed the same text meanwhile. Both texts are kept: ``mine`` as typed, ``theirs`` as stored."""

    status = 409

    def __init__(self, message: str, *, mine: str = "", theirs: str = "", version: int = 0) -> None:
        super().__init__(message)
        self.mine = mine
        self.theirs = theirs
        self.version = version


class CalendarMissing(RuleBroken):
    """A date falls in a year whose working calendar is not loaded; it is never guessed."""

    def __init__(self, year: int) -> None:
        super().__init__(f"{year}年工作日历尚未导入，请管理员导入后再算")
        self.year = year
