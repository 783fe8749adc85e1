"""When a lost device is tried again."""

from supply.devices.reconnect import BackOff


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_the_first_attempt_is_due_at_once() -> None:
    assert BackOff(Clock()).wait_seconds() == 0.0


def test_the_wait_doubles_up_to_a_second() -> None:
    clock = Clock()
    back_off = BackOff(clock)
    waits = []
    for _ in range(8):
        back_off.failed()
        waits.append(round(back_off.wait_seconds(), 2))
        clock.seconds += waits[-1]

    assert waits == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0]


def test_waiting_counts_down() -> None:
    clock = Clock()
    back_off = BackOff(clock)
    back_off.failed()
    clock.seconds += 0.03
    assert round(back_off.wait_seconds(), 3) == 0.02
    clock.seconds += 5.0
    assert back_off.wait_seconds() == 0.0


def test_after_a_success_the_waits_begin_again() -> None:
    back_off = BackOff(Clock())
    for _ in range(6):
        back_off.failed()
    back_off.succeeded()
    assert back_off.wait_seconds() == 0.0
    back_off.failed()
    assert round(back_off.wait_seconds(), 2) == 0.05
