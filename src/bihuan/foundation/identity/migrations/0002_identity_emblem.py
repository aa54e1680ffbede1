from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="identity",
            name="emblem",
            field=models.CharField(blank=True, max_length=64),
        ),
    ]
