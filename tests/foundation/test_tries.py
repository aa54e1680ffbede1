from datetime import UTC, datetime, timedelta

import pytest

from bihuan.foundation.access import tries
from bihuan.foundation.access.models import Tries
from bihuan.foundation.access.origin import origin

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PROXIES = ("10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "192.0.2.66, 198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("10.0.0.2", "10.0.0.4, 10.0.0.3", "10.0.0.4"),
        ("10.0.0.2", "198.51.100.1, rubbish", "10.0.0.2"),
        ("10.0.0.2", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "", "2001:db8:1:2::/64"),
        ("fd00::1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("fe80::1%eth0", "", "fe80::/64"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_right_most_hop_that_is_no_proxy_counts(remote, forwarded, found):
    assert origin(remote, forwarded, PROXIES) == found


def test_delays_grow_and_end():
    pace = tries.Pace(3, first=30, longest=900)
    assert [pace.delay(n) for n in range(10)] == [0, 0, 0, 30, 60, 120, 240, 480, 900, 900]
    assert pace.delay(10**6) == 900


@pytest.mark.django_db
def test_a_wait_is_over_by_itself_and_the_next_is_longer():
    for _ in range(10):
        assert tries.wait("code", "a", AT) == 0
        tries.failed("code", "a", AT)
    assert tries.wait("code", "a", AT) == 30
    assert tries.wait("code", "b", AT) == 0
    later = AT + timedelta(seconds=30)
    assert tries.wait("code", "a", later) == 0
    tries.failed("code", "a", later)
    assert tries.wait("code", "a", later) == 60
    assert tries.wait("code", "a", later + tries.FORGOTTEN_AFTER + timedelta(seconds=1)) == 0


@pytest.mark.django_db
def test_a_claim_counts_before_it_is_looked_at():
    waits = [tries.claim("code", "a", AT) for _ in range(14)]
    assert waits == [0] * 10 + [30] * 4


@pytest.mark.django_db
def test_who_asked_before_the_last_one_counted_waits_for_nothing():
    """Two at once read the clock in one order and are served in the other."""
    tries.failed("code", "a", AT + timedelta(milliseconds=50))
    assert tries.wait("code", "a", AT) == 0
    assert tries.claim("code", "a", AT) == 0


@pytest.mark.django_db
def test_a_log_in_waits_a_minute_after_five_then_twice_as_long_an_hour_at_most():
    at, waits = AT, []
    for _ in range(5):
        assert tries.claim("login", "a", at) == 0
    for _ in range(8):
        waits.append(tries.wait("login", "a", at))
        at += timedelta(seconds=waits[-1])
        assert tries.claim("login", "a", at) == 0
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]


@pytest.mark.django_db
def test_nothing_that_was_tried_stands_in_the_table_and_rows_go():
    tries.failed("login", "desk\0203.0.113.5", AT)
    row = Tries.objects.get()
    assert "desk" not in row.digest
    assert {f.name for f in Tries._meta.fields} == {
        "id",
        "digest",
        "wrong",
        "last",
    }
    # The same try on another day is another digest.
    tries.failed("login", "desk\0203.0.113.5", AT + timedelta(days=1))
    assert Tries.objects.count() == 2
    tries.forget(AT + timedelta(hours=3))
    assert Tries.objects.count() == 1
