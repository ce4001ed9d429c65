"""The page: what is due now first, then what is to come; plain HTML, no script, nothing about people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from html import escape

from scheduler.core.status import State, Status
from scheduler.locale import text, written
from scheduler.locale.words import period_label

COMING_DAYS = 120
_URGENT = (State.OVERDUE, State.DUE_SOON, State.OPEN)
_CLOSED = (State.SUBMITTED, State.SUBMITTED_LATE, State.WAIVED, State.UNTRACKED)

STYLE = """
body { font-family: "Titillium Web", Arial, sans-serif; line-height: 1.5; color: #17324d; margin: 0 auto; max-width: 72rem; padding: 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.25rem; margin-top: 2rem }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100% }
caption { text-align: left; padding: .25rem 0 } th, td { border-bottom: 1px solid #5c6f82; padding: .4rem .6rem; text-align: left; vertical-align: top }
.overdue { font-weight: bold; color: #a11212 } .due-soon { font-weight: bold; color: #7a4b00 }
"""  # noqa: E501  (a rule for each line reads best)


def page(statuses: Sequence[Status], lang: str, now: datetime) -> str:
    """Return the page as HTML."""
    horizon = now.date() + timedelta(days=COMING_DAYS)
    urgent = [item for item in statuses if item.state in _URGENT]
    coming = [item for item in statuses if item.state is State.SCHEDULED and item.occurrence.legal_due_on <= horizon]
    closed = [item for item in statuses if item.state in _CLOSED and item.state is not State.UNTRACKED]
    sections = [("page.urgent", urgent), ("page.coming", coming), ("page.closed", closed[::-1])]
    body = "".join(_section(lang, code, items) for code, items in sections)
    title = escape(text(lang, "page.title"))
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="/stile.css"></head><body><main><h1>{title}</h1>{body}</main></body></html>'
    )


def _section(lang: str, code: str, items: Sequence[Status]) -> str:
    heading = f"<h2>{escape(text(lang, code))} ({len(items)})</h2>"
    if not items:
        return f"{heading}<p>{escape(text(lang, 'page.nothing'))}</p>"
    names = ("fact.obligation", "fact.period", "fact.legal", "fact.target", "fact.state")
    header = "".join(f'<th scope="col">{escape(text(lang, name))}</th>' for name in names)
    rows = "".join(_row(lang, item) for item in items)
    table = f"<table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table>"
    return (
        f'{heading}<div class="scroll" tabindex="0" role="region" aria-label="{escape(text(lang, code))}">{table}</div>'
    )


def _row(lang: str, status: Status) -> str:
    item = status.occurrence
    note = f" ({text(lang, 'to-confirm')})" if item.to_confirm else ""
    state = text(lang, f"state.{status.state}")
    cells = _cells(
        [
            period_label(lang, item.period),
            f"{written(lang, item.legal_due_on)}{note}",
            f"{written(lang, item.target_on)}{note}",
        ]
    )
    title = f'<th scope="row">{escape(item.obligation.title)}</th>'
    return f'<tr id="{escape(item.key)}">{title}{cells}<td class="{status.state}">{escape(state)}</td></tr>'


def _cells(values: Iterable[str]) -> str:
    return "".join(f"<td>{escape(value)}</td>" for value in values)
