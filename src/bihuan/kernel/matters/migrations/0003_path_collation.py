from django.db import migrations


COLUMNS = [
    ("matters_matter", "home_path"),
    ("matters_matter", "unit_path"),
    ("matters_party", "org_path"),
]


def forwards(apps, schema_editor):
    # Ranges over paths only find a subtree when bytes are compared, whatever the locale.
    if schema_editor.connection.vendor == "postgresql":
        for table, column in COLUMNS:
            schema_editor.execute(
                f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar(255) COLLATE "C"'
            )


class Migration(migrations.Migration):
    dependencies = [("matters", "0002_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
