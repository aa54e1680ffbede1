"""The contact vault."""

from datetime import date

import pytest

from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.audit.models import Contact

PERSON = vault.Person("乔映雪", "139-1234-5678", "qiao@example.org")
UNTIL = date(2028, 3, 2)
pytestmark = pytest.mark.django_db


def keep(house, subject="matter:1", person=PERSON):
    vault.store(subject, person, actor="sender", at=house.at, keep_until=UNTIL)


def test_round_trip_with_a_reason_in_the_log(house):
    keep(house)
    assert vault.reveal("matter:1", actor="person:3", at=house.at, reason="回访核实") == PERSON
    (told,) = vault.reveals("matter:1")
    assert (told["actor"], told["reason"]) == ("person:3", "回访核实")
    assert list(audit.everything()) == []


def test_nothing_readable_is_stored(house):
    keep(house)
    for row in [*Contact.objects.values(), *audit.Event.objects.values()]:
        for secret in ("乔映雪", "12345678", "1234-5678", "qiao@"):
            assert secret not in repr(row)


def test_two_seals_of_one_person_differ(house):
    keep(house, "matter:1")
    keep(house, "matter:2")
    assert len(set(Contact.objects.values_list("sealed", flat=True))) == 2


def test_an_entry_moved_to_another_subject_does_not_open(house):
    keep(house)
    Contact.objects.update(subject="matter:2")
    with pytest.raises(vault.VaultError):
        vault.reveal("matter:2", actor="person:3", at=house.at, reason="x")
    assert [f.where for f in audit.everything()] == [Contact.objects.get().stream]


def test_an_altered_entry_does_not_open(house):
    keep(house)
    sealed = Contact.objects.get().sealed
    Contact.objects.update(
        sealed=("A" if sealed[20] != "A" else "B").join((sealed[:20], sealed[21:]))
    )
    with pytest.raises(vault.VaultError):
        vault.for_delivery("matter:1")


def test_absent_is_absent(house):
    with pytest.raises(LookupError):
        vault.reveal("matter:1", actor="person:3", at=house.at, reason="x")
    assert vault.for_delivery("matter:1") is None
    assert vault.reveals("matter:1") == []
    assert not vault.has("matter:1")


def test_nothing_told_nothing_kept(house):
    keep(house, person=vault.Person())
    assert not Contact.objects.exists()


def test_found_by_telephone_however_written(house):
    keep(house)
    keep(house, "matter:2", vault.Person(phone="13912345678"))
    keep(house, "matter:3", vault.Person(phone="13912345679"))
    assert vault.subjects_of_phone("139 1234 5678") == ["matter:2", "matter:1"]
    assert vault.subjects_of_phone("１３９１２３４５６７８") == ["matter:2", "matter:1"]
    assert vault.subjects_of_phone("+86 139-1234-5678") == ["matter:2", "matter:1"]
    assert vault.subjects_of_phone("") == []
    assert vault.subjects_of_phone("no digits") == []


def test_erased_is_gone_and_the_log_still_proves(house):
    keep(house)
    vault.reveal("matter:1", actor="person:3", at=house.at, reason="回访")
    assert vault.erase("matter:1", actor="system", at=house.at) == 1
    assert not vault.has("matter:1")
    assert vault.for_delivery("matter:1") is None
    assert vault.subjects_of_phone("13912345678") == []
    with pytest.raises(LookupError):
        vault.reveal("matter:1", actor="person:3", at=house.at, reason="x")
    row = Contact.objects.get()
    assert (row.sealed, row.phone_index, row.erased) == ("", "", True)
    first = audit.history(row.stream)[0]
    assert first.private is None
    assert first.private_digest
    assert len(vault.reveals("matter:1")) == 1, "who looked stays known"
    assert list(audit.everything()) == []
    assert vault.erase("matter:1", actor="system", at=house.at) == 0


def test_due_after_its_day(house):
    keep(house)
    assert vault.due(UNTIL, 10) == []
    [(cursor, subject)] = vault.due(date(2028, 3, 3), 10)
    assert subject == "matter:1"
    assert vault.due(date(2028, 3, 3), 10, after=cursor) == []
