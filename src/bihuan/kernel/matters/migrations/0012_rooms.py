from django.db import migrations


class Migration(migrations.Migration):
    """Tables take the names of the rooms that their models moved to; their rows stay."""

    dependencies = [("matters", "0011_phone_entry")]

    operations = [
        migrations.AlterModelTable("absence", "absences_absence"),
        migrations.AlterModelTable("phoneentry", "afield_phoneentry"),
        migrations.AlterModelTable("knownlayout", "exchange_knownlayout"),
        migrations.AlterModelTable("watchtext", "watches_watchtext"),
        migrations.AlterModelTable("watch", "watches_watch"),
        migrations.AlterModelTable("savedfilter", "workbench_savedfilter"),
        migrations.AlterModelTable("draft", "workbench_draft"),
        migrations.AlterModelTable("phrase", "workbench_phrase"),
    ]
