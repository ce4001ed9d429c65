"""Leases for the work in hand, and the obligations that were ever followed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Actions are claimed and handed on as mails are; a mail remembers its last try."""

    dependencies = [
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("obligation_id", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("title", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("retired_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="delivery",
            name="handed_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="generation",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="delivery",
            name="unanswered",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="delivery",
            name="tried_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="performance",
            name="claim",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="performance",
            name="handed_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="performance",
            name="generation",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="performance",
            name="lease_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="act",
            name="kind",
            field=models.CharField(db_index=True, max_length=20),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="claim",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AlterField(
            model_name="performance",
            name="outcome",
            field=models.CharField(db_index=True, max_length=20),
        ),
    ]
