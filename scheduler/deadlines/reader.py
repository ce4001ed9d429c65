"""`deadlines.yaml` → Register: read by shape, then by meaning, with every problem of the file at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from scheduler.core.data import TableSpec
from scheduler.core.obligation import Agreement, DaysAfter, Milestone, Obligation, Register, Role
from scheduler.core.occurrence import occurrences
from scheduler.core.period import Frequency
from scheduler.core.workdays import DAY, Shift
from scheduler.deadlines import shape
from scheduler.deadlines.agreements import agreements_of, office_of, people_of, roles_of, succession, workdays_of
from scheduler.deadlines.changes import Form, later_forms
from scheduler.deadlines.charts import charts_of
from scheduler.deadlines.checks import checks_of
from scheduler.deadlines.documents import each_of, names_of
from scheduler.deadlines.figures import figures_of
from scheduler.deadlines.problems import Problems, add_shape_errors
from scheduler.deadlines.rules import due_of, milestones_of, needs_supplier, overrides_of
from scheduler.deadlines.source import Location, read_yaml
from scheduler.deadlines.tables import tables_of


def read_register(path: Path, lang: str = "it") -> Register:
    """Return what the file declares.

    Raises:
        UserError: with all problems of the file, each with its line, path, value and remedy.
    """
    source = read_yaml(path, lang)
    problems = Problems(source, lang)
    try:
        model = shape.Deadlines.model_validate(source.data)
    except ValidationError as error:
        add_shape_errors(problems, error)
        problems.raise_if_any()
        raise
    register = _Reader(model, problems).register()
    problems.raise_if_any()
    return register


class _Reader:
    """One reading: the model, what has been made of it so far, and the problems."""

    def __init__(self, model: shape.Deadlines, problems: Problems) -> None:
        self.model = model
        self.problems = problems
        self.roles = roles_of(model.roles)
        self.tables = tables_of(model.tables, problems)
        self.agreements = agreements_of(model.agreements, problems)
        self.workdays = workdays_of(model.office, self.agreements, problems)

    def register(self) -> Register:
        operator = self.role(self.model.operator, ("operator",))
        escalation = self.role(self.model.escalation, ("escalation",))
        everything = [name for item in self.model.obligations for name in names_of(item.documents)]
        changes = [change for item in self.model.obligations for change in item.changes]
        everything += [name for change in changes for name in names_of(change.documents or ())]
        defaults = self.model.defaults  # checked here as well, in case that no obligation takes them
        milestones_of(defaults.milestones, everything, defaults.at, ("defaults", "milestones"), self.problems)
        obligations = [self.obligation(index, item, escalation) for index, item in enumerate(self.model.obligations)]
        return Register(
            office=office_of(self.model.office, self.problems),
            workdays=self.workdays,
            roles=self.roles,
            operator=operator,
            agreements=self.agreements,
            obligations=tuple(item for item in obligations if item is not None),
            tables=self.tables,
            sources=self.model.sources,
            people=people_of(self.model.people, self.problems),
            content=self.problems.source.content,
        )

    def role(self, role_id: str, location: Location) -> Role:
        if role_id not in self.roles:
            self.problems.add_unknown(location, "role", role_id, self.roles)
        return self.roles.get(role_id) or Role(role_id, role_id, ())

    def obligation(self, index: int, model: shape.Obligation, escalation: Role) -> Obligation | None:
        """Return the obligation; None where its agreement or due rule is wrong, with its other faults told as well."""
        here: Location = ("obligations", index)
        own = self._agreements(model, index)
        forms = (Form(model, here), *later_forms(model, here, self.problems))
        first, *later = (self._form(form, own or self.agreements, escalation) for form in forms)
        if first is None or not own:
            return None
        whole = self._with_overrides(first, model, here)
        for at, change in enumerate(model.changes):
            if not whole.since < change.from_ < whole.until:
                facts = {"on": change.from_, "since": whole.since, "until": whole.until - DAY}
                self.problems.add((*here, "changes", at, "from"), "change.outside", **facts)
        changes = (replace(form, overrides=whole.overrides) for form in later if form is not None)
        return replace(whole, changes=tuple(changes))

    def _form(self, form: Form, agreements: tuple[Agreement, ...], escalation: Role) -> Obligation | None:
        """Return one form of an obligation; None where its due rule is wrong."""
        model, defaults, tables = form.model, self.model.defaults, self._tables(form)
        often = Frequency(model.every)
        due = due_of(model.due, often, form.place("due"), self.problems)
        figures = figures_of(model.figures, tables, agreements, often, form.place("figures"), self.problems)
        obligation = Obligation(
            id=model.id,
            title=model.title,
            family=model.family,
            agreements=agreements,
            source=model.source,
            frequency=often,
            since=model.since or agreements[0].since,
            until=model.until + DAY if model.until else agreements[-1].until,
            due=due or DaysAfter(0, working=False),
            due_to_confirm=model.due.to_confirm,
            shift=Shift(model.shift or defaults.shift),
            saturday=defaults.saturday if model.saturday is None else model.saturday,
            margin_days=defaults.margin if model.margin is None else model.margin,
            owner=self.role(model.owner, form.place("owner")),
            recipients=tuple(self.role(name, form.place("recipients", at)) for at, name in enumerate(model.recipients)),
            escalation=escalation,
            milestones=self._milestones(form),
            documents=names_of(model.documents),
            per=each_of(model.documents, tables, figures, form.place("documents"), self.problems),
            request_document=defaults.request,
            supplier=self.role(model.supplier, form.place("supplier")) if model.supplier else None,
            unknown=tuple(model.unknown),
            tables=tuple(tables.values()),
            figures=figures,
            checks=checks_of(model, figures, tables, agreements, often, form.place("checks"), self.problems),
            charts=charts_of(model, figures, tables, form.place("charts"), self.problems),
            nominative=tuple(self.role(name, form.place("nominative", at)) for at, name in enumerate(model.nominative)),
            line=self.problems.source.line(form.here),
            changed_on=form.since,
        )
        return obligation if due else None

    def _agreements(self, model: shape.Obligation, index: int) -> tuple[Agreement, ...]:
        """Return the obligation's agreement and those that succeed it; none where it names no declared one."""
        here: Location = ("obligations", index)
        if model.id in [item.id for item in self.model.obligations[:index]]:
            self.problems.add((*here, "id"), "duplicate.id", value=model.id)
        found = succession(model.agreement, self.agreements)
        if not found:
            known = [item.id for item in self.agreements]
            self.problems.add_unknown((*here, "agreement"), "agreement", model.agreement, known)
        return found

    def _milestones(self, form: Form) -> tuple[Milestone, ...]:
        model, defaults = form.model, self.model.defaults
        place = form.place("milestones") if model.milestones is not None else ("defaults", "milestones")
        models = defaults.milestones if model.milestones is None else model.milestones
        found = milestones_of(models, names_of(model.documents), defaults.at, place, self.problems)
        if not model.supplier and any(needs_supplier(found)):
            self.problems.add(form.place("milestones"), "milestone.supplier")
        return found

    def _tables(self, form: Form) -> Mapping[str, TableSpec]:
        """Return the tables that the obligation lists; all of them where it lists one that is not declared."""
        model = form.model
        for index, name in enumerate(model.data):
            if name not in self.tables:
                self.problems.add_unknown(form.place("data", index), "table", name, self.tables)
        known = all(name in self.tables for name in model.data)
        return {name: self.tables[name] for name in model.data} if known else self.tables

    def _with_overrides(self, obligation: Obligation, model: shape.Obligation, here: Location) -> Obligation:
        """Return the obligation with its overrides, checked against the periods that it has."""
        if obligation.until <= obligation.since:
            if model.since or model.until:  # else it is the agreement's own term, and told there
                place: Location = (*here, "until" if model.until else "since")
                last = obligation.until - DAY
                self.problems.add(place, "agreement.term", since=obligation.since, until=last)
            return obligation
        found = occurrences(obligation, self.workdays)
        keys = [item.period.key for item in (found if model.overrides else islice(found, 1))]
        if not keys:
            self.problems.add(here, "obligation.empty", since=obligation.since, until=obligation.until - DAY)
        overrides = overrides_of(model.overrides, keys, (*here, "overrides"), self.problems)
        return replace(obligation, overrides=overrides)
