"""English: what the operator is told when mail cannot tell it."""

# ruff: noqa: E501  (a sentence is easier to read and to translate on one line)

SENTENCES: dict[str, str] = {
    "alert.file.title": "ATTENTION: Scadenzario needs a person",
    "alert.file.about": "What follows is wrong, and a mail cannot say it or is not enough. The service writes this file anew when the list changes, and takes it away when all is well again.",
    "alert.title": "Scadenzario needs a person:",
    "alert.mail-failed": "a mail has not reached everybody: {reply}",
    "alert.mail-failed.remedy": "mend the cause, then: scadenzario resend",
    "alert.mail-waiting": "a mail has been waiting for more than an hour: {reply}",
    "alert.mail-waiting.remedy": "look at the mail server: scadenzario check --connect",
}
