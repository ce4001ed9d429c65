"""The ledger's questions and records: facts, acts and drafts, and the snapshot. Actions and mails have their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, QuerySet

from scheduler.core.ledger import Act, ActKind, Delivery, Draft, Ledger, Performance
from scheduler.ledger import models
from scheduler.ledger.actions import Actions, chunks, columns, performance
from scheduler.ledger.database import rest, spoken
from scheduler.ledger.deliveries import Deliveries
from scheduler.ledger.duties import Duties
from scheduler.ledger.entrance import ApiTokens, Links, Sessions, Tries
from scheduler.ledger.history import History
from scheduler.ledger.nights import Nights
from scheduler.ledger.rows import draft as draft_of
from scheduler.ledger.rows import making_column, utc
from scheduler.ledger.soundness import check_reachable
from scheduler.ledger.subscriptions import Subscriptions
from scheduler.ledger.trail import Trail

_STARTED_AT, _IDENTITY, _SWEPT_AT, _RESTORED_AT = "started_at", "identity", "swept_at", "restored_at"
_SETTLED_AT, _REGISTER, _ACTS_SEEN = "settled_at", "register", "acts_seen"
_ACTS_AGAIN = 50  # so many of the last acts are looked at once more: a transaction may end after a later one began


@dataclass(frozen=True)
class Mark:
    """How far the last sweep has looked: all that was owed up to `settled_at` is in the ledger."""

    settled_at: datetime | None = None
    register: str = ""  # fingerprint of the obligations it looked with
    acts_seen: int = 0


@spoken
class Store:
    """The ledger in one database, known to Django by an alias."""

    def __init__(self, alias: str, lang: str = "it") -> None:
        self.alias = alias
        self.lang = lang
        self.actions = Actions(alias, lang)
        self.deliveries = Deliveries(alias, lang)
        self.duties = Duties(alias, lang)
        self.trail = Trail(alias, lang)
        self.subscriptions = Subscriptions(alias, lang)
        self.history = History(alias, lang)
        self.links = Links(alias, lang)
        self.sessions = Sessions(alias, lang)
        self.api_tokens = ApiTokens(alias, lang)
        self.nights = Nights(alias, lang)
        self.tries = Tries(alias, lang)

    def check(self) -> None:
        """Find out whether the ledger can be read and written now.

        Raises:
            UserError: it cannot.
        """
        check_reachable(self.alias, self.lang)

    def start(self, now: datetime, identity: str) -> datetime:
        """Remember the first sweep and the workspace's identity; return the instant of the first one."""
        known = self._facts()
        if _STARTED_AT in known and _IDENTITY in known:
            return datetime.fromisoformat(known[_STARTED_AT])
        facts = models.Fact.objects.using(self.alias)
        facts.get_or_create(name=_IDENTITY, defaults={"value": identity})
        fact, _ = facts.get_or_create(name=_STARTED_AT, defaults={"value": utc(now).isoformat()})
        return datetime.fromisoformat(fact.value)

    def release(self, node: str, *, alone: bool = False) -> None:
        """Give back what a node's earlier process held; it has ended, for its name is ours now.

        Where a process works alone on its ledger, what an engine had is given back too: its file may have been lost.
        """
        self.actions.release(node, alone=alone)
        self.deliveries.release(node, alone=alone)

    def tidy(self, now: datetime) -> None:
        """Remove the rows of those who came in or tried to, as far as they say nothing any more."""
        for rows in (self.links, self.sessions, self.tries):
            rows.tidy(now)

    def rest(self) -> None:
        """Leave the database in order at the end of a process."""
        rest(self.alias)

    def swept(self, at: datetime) -> None:
        """Remember that a sweep came to its end."""
        self._remember(_SWEPT_AT, utc(at).isoformat())

    def identity(self) -> str:
        """Return the workspace's identity, or '' before its first sweep."""
        return self._facts().get(_IDENTITY, "")

    def mark(self) -> Mark:
        """Return how far the last sweep has looked."""
        facts = self._facts()
        return Mark(_instant(facts, _SETTLED_AT), facts.get(_REGISTER, ""), int(facts.get(_ACTS_SEEN, "0")))

    def last_act(self) -> int:
        """Return the number of the last act."""
        return models.Act.objects.using(self.alias).aggregate(last=Max("id"))["last"] or 0

    def acts_mark(self) -> tuple[int, int]:
        """Return the number of the last act and how many there are: together they tell whether there is a new one."""
        found = models.Act.objects.using(self.alias).aggregate(last=Max("id"), count=Count("id"))
        return found["last"] or 0, found["count"]

    def concerned(self, acts_seen: int) -> frozenset[str]:
        """Return the keys of the occurrences that acts concern: the newest acts, and every extension."""
        acts = models.Act.objects.using(self.alias)
        newest = acts.filter(id__gt=acts_seen - _ACTS_AGAIN).values_list("occurrence_key", flat=True)
        return frozenset(newest) | self.extended()

    def extended(self) -> frozenset[str]:
        """Return the keys of the occurrences that were ever extended."""
        acts = models.Act.objects.using(self.alias)
        return frozenset(acts.filter(kind=ActKind.EXTENSION).values_list("occurrence_key", flat=True).distinct())

    def settle(
        self, owed: Sequence[Performance], mark: Mark, followed: Mapping[str, tuple[str, str]], at: datetime
    ) -> None:
        """Record as one what is owed and how far was looked.

        Args:
            owed: the actions that are planned, and those that another one speaks for.
            mark: how far was looked.
            followed: fingerprint and title of each obligation, by id, where they have changed; else empty.
            at: now.
        """
        with transaction.atomic(using=self.alias):
            self.actions.register(owed)
            if followed:
                self.duties.follow(followed, at)
            if mark.settled_at:
                self._remember(_SETTLED_AT, utc(mark.settled_at).isoformat())
            self._remember(_REGISTER, mark.register)
            self._remember(_ACTS_SEEN, str(mark.acts_seen))

    def snapshot(self, occurrence_keys: Iterable[str] | None = None, action_keys: Sequence[str] = ()) -> Ledger:
        """Return what the rules need to know of some occurrences, and of some actions; without keys, of all."""
        facts = self._facts()
        acts: dict[str, tuple[Act, ...]] = {}
        performances: dict[str, Performance] = {}
        parts = [None] if occurrence_keys is None else list(chunks(sorted(set(occurrence_keys))))
        for part in parts:
            wanted = {} if part is None else {"occurrence_key__in": part}
            acts |= self._acts(**wanted)
            rows = models.Performance.objects.using(self.alias).filter(**wanted).values_list(*columns())
            performances |= {item.action_key: item for item in map(performance, rows)}
        performances |= self.actions.some(action_keys)
        started_at, swept_at = _instant(facts, _STARTED_AT), _instant(facts, _SWEPT_AT)
        return Ledger(started_at, swept_at, acts, performances, _instant(facts, _RESTORED_AT))

    def acted(self) -> Ledger:
        """Return every act and nothing else: it tells what is closed, without all that was ever performed."""
        return Ledger(acts=self._acts())

    def acts(self, occurrence_key: str) -> tuple[Act, ...]:
        """Return the acts of an occurrence, oldest first."""
        return self._acts(occurrence_key__in=[occurrence_key]).get(occurrence_key, ())

    def record_act(self, act: Act, evidence_sha256: str = "", after: int | None = None) -> bool:
        """Add a person's declaration; False, and nothing is added, where it was decided on what is true no more.

        Args:
            act: the declaration.
            evidence_sha256: of the file that proves it.
            after: the number of the occurrence's acts that it was decided on; None: whatever there is.
        """
        with transaction.atomic(using=self.alias):
            self.trail.hold()  # before the acts are counted: so of two at once the second finds the first's
            if after is not None and after != self._acts_of(act.occurrence_key).count():
                return False
            row = models.Act.objects.using(self.alias).create(
                occurrence_key=act.occurrence_key,
                kind=act.kind,
                at=utc(act.at),
                who=act.who,
                on=act.on,
                protocol=act.protocol,
                evidence=act.evidence,
                evidence_sha256=evidence_sha256,
                reason=act.reason,
            )
            self.trail.tell_act(row)
        return True

    def record(
        self,
        performance: Performance,
        superseded: Sequence[str] = (),
        drafts: Sequence[Draft] = (),
        mails: Sequence[Delivery] = (),
        claim: str | None = None,
    ) -> None:
        """Record an action with all it made, as one transaction: either everything is in the ledger, or nothing.

        Raises:
            LostClaim: it was performed under a claim that has run out, and somebody else has it.
        """
        with transaction.atomic(using=self.alias):
            self.actions.put(performance, claim)
            for key in superseded:
                self.actions.supersede(key, performance)
            for draft in drafts:
                self.record_draft(draft)
            for mail in mails:
                self.deliveries.plan(mail)

    def record_draft(self, draft: Draft) -> None:
        """Add one version of a document with the fingerprints of its inputs."""
        with transaction.atomic(using=self.alias):
            row = models.Draft.objects.using(self.alias).create(
                occurrence_key=draft.occurrence_key,
                document=draft.document,
                version=draft.version,
                path=draft.path,
                sha256=draft.sha256,
                size=draft.size,
                template_sha256=draft.template_sha256,
                at=utc(draft.at),
                making=making_column(draft.making),
                rework=None if draft.rework is None else asdict(draft.rework),
            )
            inputs = models.Input.objects.using(self.alias)
            for source in draft.inputs:
                inputs.create(draft=row, path=source.path, sheet=source.sheet, sha256=source.sha256, size=source.size)

    def next_version(self, occurrence_key: str, document: str) -> int:
        """Return the number of the next version of a document."""
        rows = models.Draft.objects.using(self.alias).filter(occurrence_key=occurrence_key, document=document)
        return (rows.aggregate(last=Max("version"))["last"] or 0) + 1

    def drafts(self, occurrence_key: str) -> tuple[Draft, ...]:
        """Return all versions of all documents of an occurrence, oldest first."""
        rows = models.Draft.objects.using(self.alias).filter(occurrence_key=occurrence_key).order_by("at", "id")
        return tuple(draft_of(row) for row in rows.prefetch_related("inputs"))

    def drafted(self) -> frozenset[str]:
        """Return the keys of the occurrences that have a draft."""
        rows = models.Draft.objects.using(self.alias).values_list("occurrence_key", flat=True)
        return frozenset(rows.distinct())

    def _acts(self, **wanted: Sequence[str]) -> dict[str, tuple[Act, ...]]:
        found: dict[str, list[Act]] = defaultdict(list)
        for row in models.Act.objects.using(self.alias).filter(**wanted).order_by("id"):
            found[row.occurrence_key].append(_act(row))
        return {key: tuple(value) for key, value in found.items()}

    def _acts_of(self, occurrence_key: str) -> QuerySet[models.Act]:
        return models.Act.objects.using(self.alias).filter(occurrence_key=occurrence_key)

    def _facts(self) -> dict[str, str]:
        return dict(models.Fact.objects.using(self.alias).values_list("name", "value"))

    def _remember(self, name: str, value: str) -> None:
        facts = models.Fact.objects.using(self.alias)
        if not facts.filter(name=name).update(value=value):
            facts.update_or_create(name=name, defaults={"value": value})


def _instant(facts: Mapping[str, str], name: str) -> datetime | None:
    return datetime.fromisoformat(facts[name]) if name in facts else None


def _act(row: models.Act) -> Act:
    return Act(
        kind=ActKind(row.kind),
        occurrence_key=row.occurrence_key,
        at=row.at,
        who=row.who,
        on=row.on,
        protocol=row.protocol,
        evidence=row.evidence,
        reason=row.reason,
    )
