"""``python -m scheduler``: waits until it leads, then runs the timetable until it is told to stop or loses the lead."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from coordination import clock, config
from coordination.app import create_app
from models.base import db
from models.calendar import SHANGHAI
from scheduler import jobs, leader
from scheduler.timetable import TIMETABLE, Entry

log = logging.getLogger("scheduler")
GRACE_SECONDS = 1.5  # what a job in hand gets to come to the end of its item when the process is told to stop


class Process:
    """This scheduler process. ``lease_seconds``: how long a lease lasts, shorter in tests."""

    def __init__(self, settings: config.Config, lease_seconds: float) -> None:
        self.app = create_app(settings)
        self.instance = settings.instance
        self.lease_seconds = lease_seconds
        self.beat_seconds = min(leader.BEAT_SECONDS, lease_seconds / 3)
        self.stop = threading.Event()
        with self.app.app_context():
            self.lead = leader.leadership(db.engine, lease_seconds)
        self._held_at = 0.0

    def run(self) -> None:
        """Stand by or lead until ``stop`` is set."""
        waiting = False
        while not self.stop.is_set():
            if self._hold():
                waiting = False
                self._lead()
            elif not waiting:
                log.info("standing by: another process leads")
                waiting = True
            self.stop.wait(min(leader.POLL_SECONDS, self.lease_seconds / 3))
        self.lead.release(clock.now())

    def _hold(self) -> bool:
        held = self.lead.hold(clock.now())
        if held:
            self._held_at = time.monotonic()
        return held

    def _lead(self) -> None:
        """Run the timetable while the lead is held. Every job looks at once, for nobody knows how long nobody led."""
        log.info("leading")
        halt = threading.Event()
        scheduler = self._scheduler(halt)
        scheduler.start()
        while not self.stop.wait(self.beat_seconds) and self._hold():
            pass
        halt.set()
        ending = threading.Thread(target=scheduler.shutdown, daemon=True)
        ending.start()
        self._await(ending)

    def _scheduler(self, halt: threading.Event) -> BackgroundScheduler:
        queues = {entry.queue: ThreadPoolExecutor(1) for entry in TIMETABLE}
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600}
        scheduler = BackgroundScheduler(jobstores={"default": MemoryJobStore()}, executors=queues, job_defaults=defaults, timezone=SHANGHAI)
        for entry in TIMETABLE:
            trigger = CronTrigger(**entry.cron, timezone=SHANGHAI)
            work = partial(self._perform, entry, halt.is_set)
            scheduler.add_job(work, trigger, id=entry.name, name=entry.name, executor=entry.queue, next_run_time=clock.now())
        return scheduler

    def _perform(self, entry: Entry, stopping: Callable[[], bool]) -> None:
        """One run of one job, unless this process has slept longer than its lease lasts and may not lead any more."""
        if stopping() or time.monotonic() - self._held_at > self.lease_seconds:
            return
        with self.app.app_context():
            run = jobs.Run(clock.now(), self.instance, stopping)
            jobs.perform(entry.name, entry.job, run, clock.now)

    def _await(self, ending: threading.Thread) -> None:
        """Until the jobs in hand have ended; told to stop, no longer than the grace: what is cut off is done again by the next leader."""
        patience = None
        while ending.is_alive():
            ending.join(0.1)
            if self.stop.is_set():
                patience = patience or time.monotonic() + GRACE_SECONDS
                if time.monotonic() > patience:
                    log.warning("a job is cut off; what it was doing is done by the next leader")
                    self.lead.release(clock.now())
                    os._exit(0)


def main() -> None:
    """The process."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    process = Process(config.load(), float(os.environ.get("SCHEDULER_LEASE_SECONDS") or leader.LEASE_SECONDS))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: process.stop.set())
    process.run()


if __name__ == "__main__":
    main()
