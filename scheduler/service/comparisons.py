"""What has changed in a draft's figures, read from those that were kept with it and with earlier ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.core import kept_figures
from scheduler.core.changed import Comparison, Since, changed, key_before
from scheduler.core.kept_figures import KeptFigures
from scheduler.core.ledger import Draft
from scheduler.errors import SourceError
from scheduler.service.inputs import Inputs
from scheduler.service.workspace import Workspace

if TYPE_CHECKING:  # Django must be set up before the tables are imported
    from scheduler.ledger.store import Store


@dataclass(frozen=True)
class Comparisons:
    """Compares the drafts of one workspace."""

    workspace: Workspace
    store: Store

    def figures(self, draft: Draft) -> KeptFigures | None:
        """Return the figures of a draft; None where none were kept, or they cannot be read any more."""
        if draft.making is None or not draft.making.figures:
            return None
        try:
            return kept_figures.read(Inputs(self.workspace).read(draft.making.figures, draft.path))
        except (SourceError, ValueError):
            return None

    def of(self, draft: Draft) -> Comparison:
        """Return what has changed since the version before, and since the period before."""
        after = self.figures(draft)
        if after is None:
            return Comparison()
        earlier = [item for item in self.store.drafts(draft.occurrence_key) if item.version < draft.version]
        key = key_before(draft.occurrence_key)
        previous = self.store.drafts(key) if key else ()
        return Comparison(self._since(draft, earlier, after), self._since(draft, previous, after))

    def _since(self, draft: Draft, others: Iterable[Draft], after: KeptFigures) -> Since | None:
        """Return what has changed since the last version of the same document among others."""
        same = [item for item in others if item.document == draft.document]
        last = max(same, key=lambda item: item.version, default=None)
        before = self.figures(last) if last else None
        return Since(last, changed(before, after)) if last and before else None
