"""Where a draft came from that people have edited."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_making")]

    operations = [migrations.AddField("draft", "rework", models.JSONField(null=True))]
