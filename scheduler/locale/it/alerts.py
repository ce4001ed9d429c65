"""Italian: what the operator is told when mail cannot tell it."""

# ruff: noqa: E501  (a sentence is easier to read and to translate on one line)

SENTENCES: dict[str, str] = {
    "alert.file.title": "ATTENZIONE: Scadenzario ha bisogno di una persona",
    "alert.file.about": "Quello che segue non va, e una mail non può dirlo o non basta. Il servizio riscrive questo file quando l'elenco cambia e lo toglie quando tutto è di nuovo a posto.",
    "alert.title": "Scadenzario ha bisogno di una persona:",
    "alert.mail-failed": "un messaggio non è stato consegnato a tutti: {reply}",
    "alert.mail-failed.remedy": "correggere la causa, poi: scadenzario resend",
    "alert.mail-waiting": "un messaggio attende da più di un'ora: {reply}",
    "alert.mail-waiting.remedy": "verificare il server di posta: scadenzario check --connect",
}
