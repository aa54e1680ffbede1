from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('matters', '0012_rooms'),
    ]

    operations = [
        # The tables stand already, under these names (matters 0012).
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='KnownLayout',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('org_id', models.BigIntegerField()),
                        ('shape', models.CharField(max_length=40)),
                        ('head', models.IntegerField(null=True)),
                        ('columns', models.JSONField(default=dict)),
                        ('said_at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('org_id', 'shape'), name='known_layout_once')],
                    },
                ),
            ]
        )
    ]
