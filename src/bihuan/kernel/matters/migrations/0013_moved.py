from django.db import migrations


class Migration(migrations.Migration):
    """The models belong to their rooms now."""

    dependencies = [
        ("matters", "0012_rooms"),
        ("absences", "0001_initial"),
        ("afield", "0001_initial"),
        ("exchange", "0001_initial"),
        ("watches", "0001_initial"),
        ("workbench", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("Absence"),
                migrations.DeleteModel("PhoneEntry"),
                migrations.DeleteModel("KnownLayout"),
                migrations.DeleteModel("WatchText"),
                migrations.DeleteModel("Watch"),
                migrations.DeleteModel("SavedFilter"),
                migrations.DeleteModel("Draft"),
                migrations.DeleteModel("Phrase"),
            ]
        )
    ]
