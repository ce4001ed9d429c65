"""English: what is said to those who come in: the command, the pages and the mails of signing in."""

SENTENCES: dict[str, str] = {
    "cli.sign-in": "Prints a link to sign in to the page with, good once.",
    "cli.argument.person": "address of one of the people of deadlines.yaml",
    "sign-in.nobody": "nobody has the address “{value}”",
    "sign-in.nobody.remedy": "add them to `people` with their access",
    "sign-in.made": "Link that signs {name} in: good once, for {minutes} minutes:",
}
