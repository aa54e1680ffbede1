"""A number for the queue, as a machine that speaks to the interface takes it."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_interface_gives_and_tells_the_number(house, desk):
    numbers = []
    for line in ("question", "question", "business"):
        body = {
            "programme": "service_window",
            "kind": "ticket",
            "home": house.org("center").pk,
            "body": "取号",
            "fields": {"channel": "kiosk", "errand": line},
            "anonymous": True,
        }
        opened = desk.post("/matters", body)
        assert opened.status_code == 201, opened.content
        read = desk.get(f"/matters/{opened.json()['id']}").json()
        numbers.append(read["facts"]["queue_number"])
        assert read["subject"].endswith(numbers[-1])
    assert numbers == ["B001", "B002", "A001"]
