"""Several people who act at the same instant, each in a transaction of their own, on a real database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from coordination.transaction import transaction
from models.base import db
from models.errors import RuleBroken


def at_once(app, *acts):
    """Do these in threads that start together, each in its own transaction; what each gave back or was refused with."""
    barrier = Barrier(len(acts))

    def run(act):
        with app.app_context():
            try:
                barrier.wait(10)
                with transaction() as session:
                    result = act(session)
                    session.flush()
                    return result
            except RuleBroken as refused:
                return refused
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        results = list(pool.map(run, acts))
    db.session.rollback()  # what the test's own session read before is not what stands now
    return results
