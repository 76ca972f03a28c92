"""How guessing passwords is slowed down without letting a stranger lock an official out. Pure.

Failures are counted three ways, over the last day:

- of one account from one *place*. From the fifth on the next try must wait: one minute, then two, four … half an hour at most. Signing in
  clears it. A place is the address the request comes from; a browser that this account has signed in from before (a cookie tells) is a
  place of its own, so a stranger behind the same office address does not spend its tries.
- from one address, whatever the account: a stranger going through many names.
- of one account, wherever from: a stranger with many addresses.

The last two only slow places from which this account has *not* signed in during the last half year. So failures of others never keep
an official from signing in at the usual computer, and only those made at the same address, for this very account, at a new browser there.
Tries made while waiting is due are refused unread and not counted: they neither prove anything nor prolong the wait. All of this is
the same for names that do not exist.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import AccountRules

COUNTED_FOR = timedelta(days=1)
KNOWN_FOR = timedelta(days=180)
MOST_DOUBLINGS = 16


@dataclass(frozen=True)
class Tally:
    """How many failures, and when the last one was."""

    count: int = 0
    last: datetime | None = None


@dataclass(frozen=True)
class Tallies:
    """The three ways of counting one try: this account from here, all accounts from here, this account from anywhere."""

    pair: Tally
    place: Tally
    account: Tally


def wait_until(tallies: Tallies, *, known: bool, rules: AccountRules, now: datetime) -> datetime | None:
    """When the next try is heard; None: now. ``known``: this account has signed in from this place before."""
    counted = [(tallies.pair, rules.tries)]
    if not known:
        counted += [(tallies.place, rules.address_tries), (tallies.account, rules.account_tries)]
    ends = [_end_of_wait(tally, tries, rules) for tally, tries in counted]
    return max((end for end in ends if end is not None and end > now), default=None)


def _end_of_wait(tally: Tally, tries: int, rules: AccountRules) -> datetime | None:
    if tally.last is None or tally.count < tries:
        return None
    doubled = rules.first_wait_minutes * 2 ** min(tally.count - tries, MOST_DOUBLINGS)
    return tally.last + timedelta(minutes=min(doubled, rules.longest_wait_minutes))


def place_of(address: str | None) -> str:
    """How an address is counted: an IPv6 one by its /64, which is one connection's; a name that is no address as it stands, cut."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return (address or "-")[:64]
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
