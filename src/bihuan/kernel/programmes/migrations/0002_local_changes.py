import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0001_initial"),
    ]

    operations = [
        migrations.RenameModel("SettingOverride", "Override"),
        migrations.RenameIndex(
            model_name="override",
            new_name="programmes__program_c6e56c_idx",
            old_name="programmes__program_44aaad_idx",
        ),
        migrations.AddField(
            model_name="override",
            name="part",
            field=models.CharField(default="setting", max_length=8),
        ),
        migrations.AlterField(
            model_name="override",
            name="name",
            field=models.CharField(max_length=170),
        ),
        migrations.AddField(
            model_name="release",
            name="base",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="programmes.release"
            ),
        ),
    ]
