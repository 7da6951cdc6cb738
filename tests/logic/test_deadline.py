"""A limit of work is one of processor time, which waiting does not spend; a limit of seconds is one of waiting."""

import time

import pytest

from semtheory.errors import TimedOut
from semtheory.logic.result import Deadline


def spend(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_waiting_is_no_work():
    waited, worked = Deadline(0.05), Deadline(work=0.05)
    time.sleep(0.06)
    with pytest.raises(TimedOut):
        waited.check()
    worked.check()
    assert 0 < worked.remaining <= 0.05
    spend(0.06)
    with pytest.raises(TimedOut):
        worked.check()
    assert worked.remaining == 0


def test_the_earlier_limit_counts():
    assert Deadline().remaining is None
    assert Deadline(100, work=3).remaining <= 3
    assert Deadline(3, work=100).remaining <= 3
    with pytest.raises(TimedOut):
        Deadline(-1, work=100).check()
