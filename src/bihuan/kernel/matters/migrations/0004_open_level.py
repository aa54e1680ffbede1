from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0003_path_collation")]
    operations = [
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("phase__in", ["open", "waiting"])),
                fields=["level", "-id"],
                name="matter_open_level",
            ),
        ),
    ]
