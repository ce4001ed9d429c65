"""The tables of the ledger. Instants are aware UTC; keys are those of `core`; rows of acts are never changed."""

from __future__ import annotations

from django.db import models

KEY = 240  # the longest key: obligation (80) / period (10) / milestone, with room
TEXT = 1000


class Fact(models.Model):
    """One thing to remember of the workspace itself, by name: when it was first started, its identity."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.TextField()


class Act(models.Model):
    """A person's declaration: submission, extension, waiver, reopening, drafting, release, return."""

    occurrence_key = models.CharField(max_length=KEY, db_index=True)
    kind = models.CharField(max_length=20, db_index=True)
    at = models.DateTimeField()
    who = models.CharField(max_length=200)
    on = models.DateField(null=True)
    protocol = models.CharField(max_length=60, blank=True)
    evidence = models.CharField(max_length=TEXT, blank=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)


class Performance(models.Model):
    """What became of an action."""

    action_key = models.CharField(max_length=KEY, primary_key=True)
    occurrence_key = models.CharField(max_length=KEY, db_index=True)
    outcome = models.CharField(max_length=20, db_index=True)
    at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=1)
    retry_at = models.DateTimeField(null=True)
    superseded_by = models.CharField(max_length=KEY, blank=True)
    problems = models.JSONField(default=list)
    generation = models.PositiveIntegerField(default=0)
    claim = models.CharField(max_length=120, blank=True)
    handed_until = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)


class Duty(models.Model):
    """An obligation that this ledger has followed; one that the file no longer declares is retired, not forgotten."""

    obligation_id = models.CharField(max_length=120, primary_key=True)
    title = models.TextField()
    digest = models.CharField(max_length=64)
    retired_at = models.DateTimeField(null=True)


class FeedToken(models.Model):
    """One address of the calendar: the secret part itself is nowhere, only its SHA-256. Rows are never removed."""

    sha256 = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=200)
    reach = models.CharField(max_length=20)  # all, family, role, person
    name = models.CharField(max_length=254, blank=True)  # of the family or the desk, or an address
    variants = models.CharField(max_length=60, blank=True)
    owner = models.CharField(max_length=254, blank=True)  # the address of who made it on the page
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class SignInLink(models.Model):
    """One link to sign in with: the secret part itself is nowhere, only its SHA-256."""

    sha256 = models.CharField(max_length=64, unique=True)
    address = models.CharField(max_length=254)
    onward = models.CharField(max_length=TEXT, blank=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Session(models.Model):
    """One browser in which a person is signed in; the cookie itself is nowhere, only its SHA-256."""

    sha256 = models.CharField(max_length=64, unique=True)
    address = models.CharField(max_length=254, db_index=True)  # as it is compared
    way = models.CharField(max_length=20)  # link, oidc
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """What a program shows to act for a person; only its SHA-256. Rows are never removed."""

    sha256 = models.CharField(max_length=64, unique=True)
    address = models.CharField(max_length=254, db_index=True)  # as it is compared
    label = models.CharField(max_length=200)
    permits = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SignInTry(models.Model):
    """Somebody asked for a link: when, from where, and for which address (its SHA-256: it may be anything)."""

    at = models.DateTimeField(db_index=True)
    client = models.CharField(max_length=60)
    address_sha256 = models.CharField(max_length=64)


class FeedRevision(models.Model):
    """How often what the calendar says of an occurrence has changed: a SEQUENCE never falls."""

    occurrence_key = models.CharField(max_length=KEY, primary_key=True)
    digest = models.CharField(max_length=64)
    sequence = models.PositiveIntegerField()
    changed_at = models.DateTimeField()


class Draft(models.Model):
    """One version of one document of an occurrence; the file itself is kept at `path`."""

    occurrence_key = models.CharField(max_length=KEY)
    document = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    path = models.CharField(max_length=TEXT)  # relative to var/
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    template_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    making = models.JSONField(null=True)  # how to make it again; null: made before that was kept
    rework = models.JSONField(null=True)  # where it came from; null: all of it is the service's own

    class Meta:
        constraints = [  # noqa: RUF012  (Django's own idiom)
            models.UniqueConstraint(fields=["occurrence_key", "document", "version"], name="one_draft_per_version")
        ]


class Input(models.Model):
    """The fingerprint of one workbook that a draft was filled from."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="inputs")
    path = models.CharField(max_length=TEXT)
    sheet = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["id"]  # noqa: RUF012  (Django's own idiom)


class Delivery(models.Model):
    """One mail: `planned → claimed → dotted → sent | failed | cancelled`; its exact bytes are kept at `path`."""

    message_id = models.CharField(max_length=200, unique=True)
    action_key = models.CharField(max_length=KEY, db_index=True)
    occurrence_key = models.CharField(max_length=KEY, blank=True, db_index=True)
    state = models.CharField(max_length=20, default="planned", db_index=True)
    ambiguous = models.BooleanField(default=False)
    unanswered = models.PositiveIntegerField(default=0)  # final dots that no reply is known to
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=TEXT)
    path = models.CharField(max_length=TEXT)  # relative to var/
    sha256 = models.CharField(max_length=64)
    planned_at = models.DateTimeField()
    next_try_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    generation = models.PositiveIntegerField(default=0)
    claim = models.CharField(max_length=120, blank=True)
    handed_until = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    reply = models.TextField(blank=True)


class Recipient(models.Model):
    """One address of a mail, with its own fate."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="recipients")
    address = models.CharField(max_length=254)
    fate = models.CharField(max_length=20, default="pending")  # pending, accepted, refused, abandoned
    reply = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]  # noqa: RUF012  (Django's own idiom)


class Audit(models.Model):
    """One entry of the audit trail, sealed with the one before it; rows are added and never changed."""

    number = models.PositiveBigIntegerField(primary_key=True)  # without gaps
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=KEY)
    facts = models.TextField()
    previous = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64)
