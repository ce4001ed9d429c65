"""Values of the rules in the office's words."""

from __future__ import annotations

import pytest

from scheduler.locale.words import milestone_label

ITALIAN = {
    "reminder-7d": "promemoria, 7 giorni prima del termine di legge",
    "draft-1d": "bozza, il giorno prima del termine di legge",
    "reminder-0d": "promemoria, il giorno del termine di legge",
    "overdue+1d": "avviso di ritardo, il giorno dopo il termine di legge",
    "escalation+3wd": "segnalazione di ritardo grave, 3 giorni lavorativi dopo il termine di legge",
    "reminder-1wd@target": "promemoria, il giorno lavorativo prima dell'obiettivo interno",
    "request-30d@nominal": "richiesta dei dati, 30 giorni prima del termine nominale",
    "something-else": "something-else",
}
ENGLISH = {
    "reminder-7d": "reminder, 7 days before the legal due date",
    "draft-1d": "draft, the day before the legal due date",
    "reminder-0d": "reminder, on the legal due date",
    "overdue+1d": "notice of delay, the day after the legal due date",
    "escalation+3wd": "escalation, 3 working days after the legal due date",
    "reminder-1wd@target": "reminder, one working day before the internal target",
    "request-30d@nominal": "request for data, 30 days before the nominal due date",
    "something-else": "something-else",
}


@pytest.mark.parametrize("key", ITALIAN)
def test_a_milestone_in_words(key: str) -> None:
    assert milestone_label("it", key) == ITALIAN[key]
    assert milestone_label("en", key) == ENGLISH[key]
