"""The tables that the house makes are those that Django would make of the same changes."""

import pytest
from place import Places, asked_of

BY_DJANGO = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
SHAPE = """
from django.db import connection
asked = {
    "sqlite": ["SELECT type, name, sql FROM sqlite_master"],
    "postgresql": [
        "SELECT table_name, ordinal_position, column_name, data_type, is_nullable, column_default,"
        " collation_name, character_maximum_length, is_identity FROM information_schema.columns"
        " WHERE table_schema = 'public'",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    ],
}
with connection.cursor() as cursor:
    for statement in [*asked[connection.vendor], "SELECT app, name FROM django_migrations"]:
        cursor.execute(statement)
        print(*sorted(map(repr, cursor.fetchall())), sep=chr(10))
"""


@pytest.mark.parametrize("vendor", asked_of("sqlite"))
def test_each_table_index_and_trigger_is_as_django_makes_it(places: Places, vendor):
    ours, plain = places.empty(vendor), places.new(vendor)
    told = ours.python(SHAPE).splitlines()
    assert len(told) > 300
    assert told == plain.python(BY_DJANGO + SHAPE).splitlines()
