import django.db.models.deletion
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
                    name='Watch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=0)),
                        ('head', models.CharField(blank=True, max_length=64)),
                        ('holder', models.CharField(blank=True, max_length=120)),
                        ('purpose', models.CharField(blank=True, max_length=300)),
                        ('expires', models.DateField()),
                        ('digest', models.CharField(max_length=64, unique=True)),
                        ('given_by', models.CharField(max_length=48)),
                        ('revoked', models.BooleanField(default=False)),
                        ('looks', models.PositiveIntegerField(default=0)),
                        ('looked_at', models.DateTimeField(null=True)),
                        ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='WatchText',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(default=0)),
                        ('head', models.CharField(blank=True, max_length=64)),
                        ('event', models.PositiveIntegerField()),
                        ('name', models.CharField(max_length=40)),
                        ('words', models.TextField(blank=True)),
                        ('state', models.CharField(default='waiting', max_length=10)),
                        ('waits_since', models.DateTimeField()),
                        ('released_at', models.DateTimeField(null=True)),
                        ('released_by', models.CharField(blank=True, max_length=48)),
                        ('watch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='watches.watch')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['watch'], name='watch_text_waiting')],
                        'constraints': [models.UniqueConstraint(fields=('watch', 'event', 'name'), name='watch_text_once')],
                    },
                ),
            ]
        )
    ]
