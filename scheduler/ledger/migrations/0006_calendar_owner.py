"""Who made an address of the calendar."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_access")]

    operations = [
        migrations.AddField(
            "feedtoken", "owner", models.CharField(blank=True, default="", max_length=254), preserve_default=False
        ),
    ]
