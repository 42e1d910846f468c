"""When to try again. Pure: the random number is an argument.

The wait doubles with every failure up to a cap, and then the *whole* capped interval is drawn at random. Jitter that
is added before the cap is cut off by it, and a province of agents would knock in step after a long outage.
"""

from __future__ import annotations

from typing import Callable

BASE_S = 60.0
CAP_S = 900.0
BACKLOG_PAUSE_S = 15.0  # at least so long between two uploads of the past
BACKLOG_SPREAD_S = 300.0  # the first of them comes within this time
LONGEST_COME_BACK_S = 86400.0  # a collector cannot silence an agent for longer than a day

Random = Callable[[], float]  # 0 <= x < 1


def ceiling_s(failures: int, base_s: float = BASE_S, cap_s: float = CAP_S) -> float:
    """The interval that the wait after `failures` failures in a row is drawn from."""
    doublings = min(max(failures - 1, 0), 32)  # beyond that only the float would grow
    return min(cap_s, base_s * 2.0**doublings)


def after_failure(failures: int, random: Random, retry_after_s: float = 0.0) -> float:
    """Seconds to wait after the n-th failure in a row, never less than what the server asked for."""
    asked = min(max(retry_after_s, 0.0), LONGEST_COME_BACK_S)
    return asked + random() * ceiling_s(failures)


def after_answer(come_back_s: int, spread_s: int, random: Random) -> float:
    """Seconds to stay away because the collector said so; 0 when it did not."""
    if come_back_s <= 0:
        return 0.0
    asked = min(float(come_back_s), LONGEST_COME_BACK_S)
    return asked + random() * min(max(float(spread_s), 0.0), LONGEST_COME_BACK_S)


def before_backlog(returned: bool, random: Random) -> float:
    """Seconds until the next upload of the past. `returned`: the collector has just been reached after it could not be,
    perhaps by everybody at this moment: all know the present now, and the past of all would come in step."""
    return BACKLOG_PAUSE_S + random() * (BACKLOG_SPREAD_S if returned else BACKLOG_PAUSE_S)
