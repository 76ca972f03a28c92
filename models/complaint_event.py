"""Group complaints and emergencies (群体性投诉、突发事件), and the reports on them (信息专报): first, further, final."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Line, Model, Words, choice
from models.complaint import Complaint
from models.people import Person
from models.states import Status


class EventKind(Status):
    """What sort of event it is."""

    GROUP = "group", "群体性投诉"
    EMERGENCY = "emergency", "突发事件"


class EventLevel(Status):
    """How grave it is (突发事件应对法 names four grades)."""

    GENERAL = "general", "一般"
    LARGER = "larger", "较大"
    GRAVE = "grave", "重大"
    GRAVEST = "gravest", "特别重大"


class ReportKind(Status):
    """Which report on an event."""

    FIRST = "first", "首报"
    FURTHER = "further", "续报"
    FINAL = "final", "终报"


class ComplaintEvent(Model):
    """One event and the case it came up with. ``representatives``: the two 代表人 of a group (总局令第121号第十二条), sealed."""

    __table_args__ = (
        UniqueConstraint("complaint_id", "kind"),
        CheckConstraint("kind <> 'group' OR (people >= 2 AND representatives <> '')", name="group"),
        CheckConstraint("ended_on IS NULL OR outcome <> ''", name="ended_on"),
        Index("ix_complaint_event_ended_on", "ended_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"))
    kind: Mapped[EventKind] = mapped_column(choice(EventKind))
    level: Mapped[EventLevel] = mapped_column(choice(EventLevel))
    people: Mapped[int] = mapped_column(default=0)
    representatives: Mapped[str] = mapped_column(Words(8000), default="")
    facts: Mapped[str] = mapped_column(Words(4000))
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(Words(4000), default="")
    version: Mapped[int] = mapped_column(default=1)
    complaint: Mapped[Complaint] = relationship(back_populates="events")
    opened_by: Mapped[Person | None] = relationship()
    reports: Mapped[list["EventReport"]] = relationship(back_populates="event", order_by="EventReport.serial")

    __mapper_args__ = {"version_id_col": version}

    @property
    def owed(self) -> "EventReport | None":
        """The report that is to be written next."""
        return next((report for report in self.reports if report.made_at is None), None)


class EventReport(Model):
    """One 信息专报: owed by ``due_on`` until it is made. ``recipients``: the bodies it goes to."""

    __table_args__ = (
        UniqueConstraint("event_id", "serial"),
        CheckConstraint("(made_at IS NULL) = (text = '')", name="made_at"),
        Index("ix_event_report_made_at_due_on", "made_at", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("complaint_event.id"))
    serial: Mapped[int]
    kind: Mapped[ReportKind] = mapped_column(choice(ReportKind))
    due_on: Mapped[date]
    derivation: Mapped[str] = mapped_column(Words(2000), default="")
    recipients: Mapped[list[str]] = mapped_column(JSON, default=list)
    number: Mapped[str] = mapped_column(Line(60), default="")
    text: Mapped[str] = mapped_column(Words(8000), default="")
    made_at: Mapped[datetime | None]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    event: Mapped[ComplaintEvent] = relationship(back_populates="reports")
    made_by: Mapped[Person | None] = relationship()
