from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Stroke",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stream", models.CharField(max_length=48)),
                ("key", models.CharField(max_length=48)),
                ("made_at", models.DateTimeField()),
                ("person_id", models.BigIntegerField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("stream", "key"), name="stroke_once")]},
        ),
    ]
