"""How a draft can be made again."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_calendar_owner")]

    operations = [migrations.AddField("draft", "making", models.JSONField(null=True))]
