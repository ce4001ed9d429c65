"""The first schema."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Every table of the first release."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Act",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("occurrence_key", models.CharField(db_index=True, max_length=240)),
                ("kind", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("who", models.CharField(max_length=200)),
                ("on", models.DateField(null=True)),
                ("protocol", models.CharField(blank=True, max_length=60)),
                ("evidence", models.CharField(blank=True, max_length=1000)),
                ("evidence_sha256", models.CharField(blank=True, max_length=64)),
                ("reason", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=200, unique=True)),
                ("action_key", models.CharField(db_index=True, max_length=240)),
                ("occurrence_key", models.CharField(blank=True, db_index=True, max_length=240)),
                ("state", models.CharField(db_index=True, default="planned", max_length=20)),
                ("ambiguous", models.BooleanField(default=False)),
                ("sender", models.CharField(max_length=254)),
                ("subject", models.CharField(max_length=1000)),
                ("path", models.CharField(max_length=1000)),
                ("sha256", models.CharField(max_length=64)),
                ("planned_at", models.DateTimeField()),
                ("next_try_at", models.DateTimeField(db_index=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("claim", models.CharField(blank=True, max_length=64)),
                ("lease_until", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("reply", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("value", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Performance",
            fields=[
                ("action_key", models.CharField(max_length=240, primary_key=True, serialize=False)),
                ("occurrence_key", models.CharField(db_index=True, max_length=240)),
                ("outcome", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=1)),
                ("retry_at", models.DateTimeField(null=True)),
                ("superseded_by", models.CharField(blank=True, max_length=240)),
                ("problems", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("occurrence_key", models.CharField(max_length=240)),
                ("document", models.CharField(max_length=120)),
                ("version", models.PositiveIntegerField()),
                ("path", models.CharField(max_length=1000)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("template_sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("occurrence_key", "document", "version"), name="one_draft_per_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Input",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=1000)),
                ("sheet", models.CharField(blank=True, max_length=120)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="inputs", to="ledger.draft"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=254)),
                ("fate", models.CharField(default="pending", max_length=20)),
                ("reply", models.TextField(blank=True)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recipients", to="ledger.delivery"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
    ]
