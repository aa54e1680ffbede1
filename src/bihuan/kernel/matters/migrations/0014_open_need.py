from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0013_moved")]
    operations = [
        migrations.RemoveIndex(model_name="matter", name="matter_open_due"),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("phase__in", ["open", "waiting"])),
                fields=["due_at", "id"],
                name="matter_open_need",
            ),
        ),
    ]
