from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("search", "0002_tokens"),
    ]

    operations = [
        migrations.RemoveField(model_name="document", name="fingerprint"),
    ]
