"""Italian: what is said to those who come in: the command, the pages and the mails of signing in."""

SENTENCES: dict[str, str] = {
    "cli.sign-in": "Stampa un collegamento per entrare nella pagina, valido una volta sola.",
    "cli.argument.person": "indirizzo di una delle persone di deadlines.yaml",
    "sign-in.nobody": "nessuna persona ha l'indirizzo «{value}»",
    "sign-in.nobody.remedy": "aggiungerla in `people` con il suo accesso",
    "sign-in.made": "Collegamento per far entrare {name}: vale una volta sola, per {minutes} minuti:",
}
