"""The English catalogue: every sentence that a person reads, by code."""

from scheduler.locale.en import calendar, commands, deadlines, documents, mails

SENTENCES: dict[str, str] = {
    **calendar.SENTENCES,
    **commands.SENTENCES,
    **deadlines.SENTENCES,
    **documents.SENTENCES,
    **mails.SENTENCES,
}
