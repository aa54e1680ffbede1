import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('halls', '0001_places_and_visits'),
        ('matters', '0012_rooms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The tables stand already, under these names (matters 0012).
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='PhoneEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=0)),
                        ('head', models.CharField(blank=True, max_length=64)),
                        ('key', models.CharField(max_length=100)),
                        ('gist', models.CharField(blank=True, max_length=64)),
                        ('state', models.CharField(max_length=12)),
                        ('given', models.JSONField(default=dict)),
                        ('remark', models.TextField(blank=True)),
                        ('told', models.TextField(blank=True)),
                        ('matter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('visit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='halls.visit')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state', 'held')), fields=['id'], name='phone_entry_held')],
                        'constraints': [models.UniqueConstraint(fields=('person', 'key'), name='phone_entry_once')],
                    },
                ),
            ]
        )
    ]
