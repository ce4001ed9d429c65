"""The calendar's addresses, and how often each of its events has changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Tokens by their SHA-256; revisions by occurrence."""

    dependencies = [
        ("ledger", "0002_leases_and_duties"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("label", models.CharField(max_length=200)),
                ("reach", models.CharField(max_length=20)),
                ("name", models.CharField(blank=True, max_length=254)),
                ("variants", models.CharField(blank=True, max_length=60)),
                ("made_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="FeedRevision",
            fields=[
                ("occurrence_key", models.CharField(max_length=240, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("sequence", models.PositiveIntegerField()),
                ("changed_at", models.DateTimeField()),
            ],
        ),
    ]
