"""The audit trail: what is in the ledger by then is its beginning."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Coalesce

from scheduler.core.audit import AuditKind, following
from scheduler.ledger.trail import HEAD, OVER, facts_of_act, facts_of_mail


def begin(apps: Any, editor: Any) -> None:
    """Tell of every act and of every mail that is over, in the order in which they came about."""
    alias = editor.connection.alias
    acts = apps.get_model("ledger", "Act").objects.using(alias).order_by("at", "id")
    mails = apps.get_model("ledger", "Delivery").objects.using(alias).filter(state__in=OVER)
    mails = mails.annotate(at=Coalesce("finished_at", "planned_at")).prefetch_related("recipients")
    known = [(row.at, AuditKind.ACT, row.occurrence_key, facts_of_act(row)) for row in acts]
    known += [(row.at, AuditKind.DELIVERY, row.action_key, facts_of_mail(row)) for row in mails.order_by("at", "id")]
    last, entries = (0, ""), apps.get_model("ledger", "Audit").objects.using(alias)
    for at, kind, key, facts in sorted(known, key=lambda item: item[0]):
        entry = following(last, at, kind, key, facts)
        entries.create(**vars(entry))
        last = entry.number, entry.seal
    if known:  # a new ledger has nothing in it
        apps.get_model("ledger", "Fact").objects.using(alias).create(name=HEAD, value=f"{last[0]} {last[1]}")


class Migration(migrations.Migration):
    """A table of sealed entries."""

    dependencies = [
        ("ledger", "0003_feed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Audit",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=240)),
                ("facts", models.TextField()),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("seal", models.CharField(max_length=64)),
            ],
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
