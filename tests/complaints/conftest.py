"""Cases on their way, and one act of one person in a transaction of its own."""

import pytest
import time_machine
from sqlalchemy import select

from coordination.complaints import handling, listing, service
from coordination.complaints.importing import Import
from coordination.complaints.reading import read
from coordination.permissions import OPERATOR
from coordination.settings import service as settings
from coordination.transaction import transaction
from models import Complaint
from tests.world import NOW

HEAD = "登记编号,类型,登记时间,投诉人,联系电话,企业名称,具体问题"


class Cases:
    """What the tests do to cases, in the words of the services."""

    def __init__(self, session, world):
        self.session, self.world = session, world

    def made(
        self, number="113", kind="投诉", at="2026-06-18 08:00", name="张三丰", phone="13812345678", target="惠民超市", text="面包过期"
    ):
        """The id of one just imported."""
        content = f"{HEAD}\n{number},{kind},{at},{name},{phone},{target},{text}\n"
        running = Import(read("a.csv", content.encode(), {}), {}, NOW)
        with transaction() as writing:
            running.take(writing, actor=OPERATOR, batch=next(running.batches()))
            assert running.result.rejected == []
            return writing.scalars(select(Complaint.id).where(Complaint.number == number)).one()

    def do(self, who, verb, /, *args, now=NOW, **more):
        """One act; what it returns, or its id where that is a row, or its status where it is the case."""
        with transaction() as writing:
            if args:
                more["complaint_id"] = args[0]
            done = verb(writing, actor=self.world.actor(writing, who), now=now, **more)
            writing.flush()
            if isinstance(done, Complaint):
                return done.status
            return done.id if hasattr(done, "id") else done

    def with_unit(self, number="113", unit="JYJ", **more):
        """One received by its unit."""
        one = self.made(number, **more)
        self.do("router", service.assign, one, lead_id=self.world.units[unit].id)
        self.do(f"liaison-{unit}", service.receive, one)
        return one

    def settled(self, number="113", unit="JYJ", now=NOW, **more):
        """One accepted, settled and closed."""
        one = self.with_unit(number, unit, **more)
        self.do(f"liaison-{unit}", handling.accept, one, now=now)
        self.do(f"liaison-{unit}", handling.settle, one, result="退款", now=now)
        self.do(f"liaison-{unit}", handling.close, one, now=now)
        return one

    def the(self, one) -> Complaint:
        """The case as it stands in the database."""
        self.session.expire_all()
        return self.session.get(Complaint, one)

    def listed(self, who, view="") -> list[int]:
        """The ids in a queue of that person."""
        return [row.id for row in listing.page(self.session, self.actor(who), listing.Sought(view=view)).rows]

    def actor(self, who):
        """That person as services see them."""
        return self.world.actor(self.session, who)


@pytest.fixture
def at_work(app):
    """The clock stands at NOW, for pages; their forms need no token here (tests/house asks for that)."""
    app.config["WTF_CSRF_ENABLED"] = False
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cases(session, world) -> Cases:
    """The county's cases under the rules of a new installation."""
    with transaction() as writing:
        settings.load_defaults(writing, NOW)
    return Cases(session, world)
