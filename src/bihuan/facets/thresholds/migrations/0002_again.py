from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('thresholds', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='crossing',
            name='crossing_of_once',
        ),
        migrations.AddField(
            model_name='crossing',
            name='n',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='crossing',
            name='since',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='crossing',
            constraint=models.UniqueConstraint(fields=('threshold', 'place_id', 'period', 'n'), name='crossing_of_once'),
        ),
    ]
