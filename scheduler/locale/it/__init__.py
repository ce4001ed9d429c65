"""The Italian catalogue: every sentence that a person reads, by code."""

from scheduler.locale.it import (
    access,
    acts,
    alerts,
    api,
    calendar,
    commands,
    deadlines,
    documents,
    drafts,
    health,
    keeping,
    mails,
    pages,
    pictures,
    reworks,
)

SENTENCES: dict[str, str] = {
    **access.SENTENCES,
    **acts.SENTENCES,
    **alerts.SENTENCES,
    **api.SENTENCES,
    **calendar.SENTENCES,
    **commands.SENTENCES,
    **deadlines.SENTENCES,
    **documents.SENTENCES,
    **drafts.SENTENCES,
    **health.SENTENCES,
    **keeping.SENTENCES,
    **mails.SENTENCES,
    **pages.SENTENCES,
    **pictures.SENTENCES,
    **reworks.SENTENCES,
}
