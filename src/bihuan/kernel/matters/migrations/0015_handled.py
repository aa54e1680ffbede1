from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0014_open_need")]
    operations = [
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("assignee__isnull", False)),
                fields=["assignee"],
                name="matter_assignee",
            ),
        ),
    ]
