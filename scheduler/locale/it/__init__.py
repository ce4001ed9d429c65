"""The Italian catalogue: every sentence that a person reads, by code."""

from scheduler.locale.it import calendar, commands, deadlines, documents, mails

SENTENCES: dict[str, str] = {
    **calendar.SENTENCES,
    **commands.SENTENCES,
    **deadlines.SENTENCES,
    **documents.SENTENCES,
    **mails.SENTENCES,
}
