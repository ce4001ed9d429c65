"""The forms of one obligation: as it is declared, and as it is from some day on; where the file says what of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from scheduler.deadlines import shape
from scheduler.deadlines.problems import Problems
from scheduler.deadlines.source import Location


@dataclass(frozen=True)
class Form:
    """One form of an obligation: all that it says, since when, and the place of each key that a change has said."""

    model: shape.Obligation
    here: Location  # of the obligation
    since: date | None = None  # None: from the beginning
    changed: Mapping[str, Location] = field(default_factory=dict)

    def place(self, *keys: str | int) -> Location:
        """Return where the file says what this form has under a key."""
        return (*self.changed.get(str(keys[0]), self.here), *keys)


def later_forms(model: shape.Obligation, here: Location, problems: Problems) -> Iterator[Form]:
    """Yield the forms that changes make of an obligation, in order; each goes on from the one before."""
    form = Form(model, here)
    for index, change in enumerate(model.changes):
        place: Location = (*here, "changes", index)
        said = {name: value for name, value in change if name != "from_" and value is not None}
        if not said:
            problems.add(place, "change.empty")
        if form.since is not None and change.from_ <= form.since:
            problems.add((*place, "from"), "change.order", on=change.from_, before=form.since)
        if model.every == "once":
            problems.add(place, "change.once")
        changed = {**form.changed, **dict.fromkeys(said, place)}
        form = Form(form.model.model_copy(update=said), here, change.from_, changed)
        yield form
