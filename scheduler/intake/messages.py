"""The sentences about workbooks and figures, Italian and English: per code what is wrong, and what to do about it."""

from __future__ import annotations

from difflib import get_close_matches

from scheduler.errors import Problem, SourceError, UserError
from scheduler.intake import remarks

_IT = {
    "file.missing": ("il file non c'è", "metterlo in {folder}"),
    "file.missing.near": ("il file non c'è", "metterlo in {folder}; lì c'è {near}: ha forse il nome sbagliato?"),
    "file.folder": ("è una cartella, non un file", "indicare il file"),
    "file.suffix": ("non è un tipo di file che si sa leggere", "salvarlo come .xlsx, .xls, .ods o .csv"),
    "file.empty": ("il file è vuoto", "chiederne un'altra copia"),
    "file.locked": ("il file è protetto da password", "togliere la password e salvarlo di nuovo"),
    "file.content": ("il contenuto non è quello di un file {suffix}", "aprirlo e salvarlo davvero come {suffix}"),
    "file.damaged": (
        "il file è danneggiato o incompleto ({reason})",
        "aprirlo e salvarlo di nuovo, o chiederne una copia",
    ),
    "file.unreadable": ("il file non si lascia leggere ({reason})", "controllarne i permessi e che sia accessibile"),
    "file.encoding": ("il testo non è né UTF-8 né Windows-1252", "salvarlo come CSV UTF-8"),
    "file.large": ("il file è troppo grande ({size} MB)", "lasciarvi solo il foglio dei dati"),
    "sheet.missing": ("non c'è il foglio «{sheet}»; ci sono: {known}", "rinominare il foglio, o correggere sheet"),
    "sheet.missing.near": ("non c'è il foglio «{sheet}»; ci sono: {known}", "chiamarlo «{sheet}»: è forse «{near}»?"),
    "sheet.far": ("il foglio arriva fino alla cella {address}", "cancellare ciò che sta lontano dai dati"),
    "sql.row": ("riga {line}", ""),
    "sql.unset": ("non è detto dove sta la base dati", "impostare {variable}"),
    "sql.url": (
        "l'indirizzo della base dati non si può usare",
        "scrivere in {variable} sqlite:///percorso oppure postgresql://utente:password@server/nome",
    ),
    "sql.failed": ("la base dati non ha risposto: {value}", "correggere sql, o chiedere a chi la gestisce"),
    "sql.rows": ("la base dati dà più di {most} righe", "restringere sql al periodo, con :start, :end o :key"),
    "header.blank": ("la riga {line} è vuota: dovrebbe contenere le intestazioni", "correggere il foglio, o header"),
    "header.elsewhere": ("le intestazioni sono alla riga {found}, non alla {line}", "correggere header: {found}"),
    "column.missing": (
        "alla riga {line} manca la colonna «{header}»",
        "aggiungerla, o correggere header; ci sono: {known}",
    ),
    "column.missing.near": ("alla riga {line} manca la colonna «{header}»", "chiamarla così: è forse «{near}»?"),
    "column.duplicate": ("la colonna «{header}» c'è due volte: {first} e {second}", "toglierne o rinominarne una"),
    "table.empty": ("nessuna riga sotto le intestazioni", "compilare il foglio"),
    "table.more": ("e altri {count} problemi", "correggere questi e ripetere il controllo"),
    "cell.required": (
        "«{header}»: la cella è vuota",
        "scrivere il valore, o n.d. se non c'è; se la riga non è un dato, toglierla",
    ),
    "cell.value": ("«{header}»: «{value}» non va bene, ci vuole {expected}", "correggere la cella"),
    "cell.ambiguous": (
        "«{header}»: «{value}» è ambiguo: il punto separa le migliaia",
        "scrivere i decimali con la virgola",
    ),
    "cell.cents": (
        "«{header}»: «{value}» ha più di due decimali, ci vuole {expected}",
        "arrotondare ai centesimi nel foglio",
    ),
    "cell.error": ("«{header}»: la cella contiene l'errore {value}", "correggere la formula e salvare di nuovo"),
    "cell.formula": (
        "«{header}»: la formula {value} non ha un risultato",
        "aprire il file, ricalcolare (F9) e salvare",
    ),
    "cell.year": ("«{header}»: «{value}» ha l'anno di due cifre", "scrivere l'anno per intero: 05/04/2025"),
    "cell.date": ("«{header}»: «{value}» non è un giorno che esiste, ci vuole {expected}", "correggere la data"),
    "cell.serial": ("«{header}»: «{value}» è un numero, ci vuole {expected}", "dare alla cella il formato data"),
    "cell.control": ("«{header}»: il testo contiene caratteri di controllo", "riscrivere la cella"),
    "cell.choice": ("«{header}»: «{value}» non è tra i valori ammessi: {known}", "correggere la cella, o values"),
    "cell.choice.near": ("«{header}»: «{value}» non è tra i valori ammessi: {known}", "scrivere forse «{near}»"),
    "cell.duplicate": ("«{header}»: «{value}» c'è già in {first}", "togliere la riga doppia o correggere il valore"),
    "type.testo": ("un testo", ""),
    "type.intero": ("un numero intero, per esempio 41.285", ""),
    "type.importo": ("un importo, per esempio 8.305.352,69", ""),
    "type.numero": ("un numero, per esempio 73,8", ""),
    "type.percentuale": ("una percentuale, per esempio 83,33", ""),
    "type.data": ("una data, per esempio 05/04/2025", ""),
    "type.mese": ("un mese, per esempio 4 o aprile", ""),
    "type.codice fiscale": ("un codice fiscale", ""),
    "type.CUP": ("un CUP, per esempio J41B21005380001", ""),
    "place.unknown": ("{{{value}}} non è un segnaposto", "usare {known}"),
    "place.unknown.near": ("{{{value}}} non è un segnaposto", "scrivere {{{near}}}"),
    "figure.table": ("la tabella «{value}» non è tra i dati dell'adempimento", "aggiungerla a data; ci sono: {known}"),
    "figure.table.near": (
        "la tabella «{value}» non è tra i dati dell'adempimento",
        "scrivere «{near}», o aggiungerla a data",
    ),
    "figure.column": ("la tabella non ha la colonna «{value}»", "usare una di: {known}"),
    "figure.column.near": ("la tabella non ha la colonna «{value}»", "scrivere «{near}»"),
    "figure.operand": ("«{value}» non è un dato dichiarato prima di questo", "dichiararlo sopra; ci sono: {known}"),
    "figure.operand.near": (
        "«{value}» non è un dato dichiarato prima di questo",
        "scrivere «{near}», o dichiararlo sopra",
    ),
    "figure.reference": ("«{value}» non è nella forma tabella.colonna", "scrivere per esempio costi.totale"),
    "figure.not-numeric": ("«{value}» non è di numeri", "usare una colonna o un dato di numeri"),
    "figure.two": ("servono due dati, qui sono {value}", "scrivere [primo, secondo]"),
    "figure.none": ("manca {value}", "aggiungerlo"),
    "pick.none": ("nessuna riga con {condition}; c'è: {known}", "correggere il foglio, o where"),
    "pick.many": (
        "{count} righe con {condition}, ne serve una sola ({known})",
        "togliere le righe doppie, o precisare where",
    ),
    "statement.blank": ("nessuna voce di spesa: la cella è vuota", "scrivere la fonte; ci sono: {known}"),
    "statement.unmatched": (
        "«{value}» non appartiene ad alcuna voce di spesa",
        "correggerlo, o aggiungerlo a match; ci sono: {known}",
    ),
    "check.failed": (
        "controllo «{check}» non superato ({text}): {left} = {value}, {right} = {known}; celle: {cells}",
        "correggere il foglio, o il controllo in deadlines.yaml",
    ),
    "check.warned": (
        "controllo «{check}» non superato ({text}): {left} = {value}, {right} = {known}; celle: {cells}",
        "controllare il foglio",
    ),
    "check.undone": (
        "controllo «{check}» non fatto ({text}): {name} è {value}",
        "completare il dato, o confrontare a mano",
    ),
    "check.missing": (
        "controllo «{check}» non fatto ({text}): {name} è {value} ({reason})",
        "aggiungere il file dell'altro periodo, o confrontare a mano",
    ),
    "check.outlier": (
        "controllo «{check}» non superato ({text}): {left} = {value}, la media dei periodi precedenti è {known}: "
        "oltre il {beyond} % di scarto; celle: {cells}",
        "correggere il foglio, o il controllo in deadlines.yaml",
    ),
    "check.unusual": (
        "controllo «{check}» non superato ({text}): {left} = {value}, la media dei periodi precedenti è {known}: "
        "oltre il {beyond} % di scarto; celle: {cells}",
        "controllare che il valore sia giusto",
    ),
    "check.unstated": (
        "controllo «{check}» non fatto ({text}): {name} è {value}",
        "scrivere l'importo in amounts quando è noto; intanto confrontare a mano",
    ),
    "covers.value": (
        "«{header}»: non c'è nessuna riga con «{value}»",
        "aggiungere le righe che mancano; se non ce ne devono più essere, correggere covers in deadlines.yaml",
    ),
    "covers.month": ("«{header}»: non c'è nessuna riga del mese {value}", "aggiungere le righe di quel mese"),
    "covers.other": (
        "«{header}»: il mese {value} non è del periodo",
        "togliere le sue righe, o metterle nel file del loro periodo",
    ),
    "file.old": (
        "il file è stato modificato l'ultima volta il {value}, più di {days} giorni fa",
        "chiederne uno aggiornato; se è ancora quello giusto, salvarlo di nuovo",
    ),
}

_EN = {
    "file.missing": ("the file is not there", "put it into {folder}"),
    "file.missing.near": ("the file is not there", "put it into {folder}; it has {near}: is the name wrong?"),
    "file.folder": ("is a folder, not a file", "name the file"),
    "file.suffix": ("is not a type of file that can be read", "save it as .xlsx, .xls, .ods or .csv"),
    "file.empty": ("the file is empty", "ask for another copy"),
    "file.locked": ("the file is protected by a password", "remove the password and save it again"),
    "file.content": ("the content is not that of a {suffix} file", "open it and really save it as {suffix}"),
    "file.damaged": ("the file is damaged or incomplete ({reason})", "open it and save it again, or ask for a copy"),
    "file.unreadable": ("the file cannot be read ({reason})", "check its permissions and that it can be reached"),
    "file.encoding": ("the text is neither UTF-8 nor Windows-1252", "save it as CSV UTF-8"),
    "file.large": ("the file is too large ({size} MB)", "leave only the data sheet in it"),
    "sheet.missing": ("there is no sheet “{sheet}”; there are: {known}", "rename the sheet, or correct sheet"),
    "sheet.missing.near": ("there is no sheet “{sheet}”; there are: {known}", "call it “{sheet}”: is it “{near}”?"),
    "sheet.far": ("the sheet reaches as far as cell {address}", "delete what stands far from the data"),
    "sql.row": ("row {line}", ""),
    "sql.unset": ("it is not said where the database is", "set {variable}"),
    "sql.url": (
        "the database's address cannot be used",
        "write in {variable} sqlite:///path or postgresql://user:password@server/name",
    ),
    "sql.failed": ("the database has not answered: {value}", "correct sql, or ask who runs it"),
    "sql.rows": ("the database gives more than {most} rows", "narrow sql to the period, with :start, :end or :key"),
    "header.blank": ("row {line} is blank: it should hold the headers", "correct the sheet, or header"),
    "header.elsewhere": ("the headers are in row {found}, not in {line}", "correct header: {found}"),
    "column.missing": ("row {line} lacks the column “{header}”", "add it, or correct header; there are: {known}"),
    "column.missing.near": ("row {line} lacks the column “{header}”", "call it that: is it “{near}”?"),
    "column.duplicate": ("the column “{header}” is there twice: {first} and {second}", "remove or rename one"),
    "table.empty": ("no row below the headers", "fill in the sheet"),
    "table.more": ("and {count} more problems", "correct these and check again"),
    "cell.required": (
        "“{header}”: the cell is empty",
        "write the value, or n.d. if there is none; if the row is no record, remove it",
    ),
    "cell.value": ("“{header}”: “{value}” will not do, it must be {expected}", "correct the cell"),
    "cell.ambiguous": (
        "“{header}”: “{value}” is ambiguous: a point separates thousands",
        "write decimals with a comma",
    ),
    "cell.cents": (
        "“{header}”: “{value}” has more than two decimals, it must be {expected}",
        "round to cents in the sheet",
    ),
    "cell.error": ("“{header}”: the cell holds the error {value}", "correct the formula and save again"),
    "cell.formula": ("“{header}”: the formula {value} has no result", "open the file, recalculate (F9) and save"),
    "cell.year": ("“{header}”: “{value}” has a two-digit year", "write the year in full: 05/04/2025"),
    "cell.date": ("“{header}”: “{value}” is not a day that exists, it must be {expected}", "correct the date"),
    "cell.serial": ("“{header}”: “{value}” is a number, it must be {expected}", "give the cell a date format"),
    "cell.control": ("“{header}”: the text holds control characters", "write the cell again"),
    "cell.choice": ("“{header}”: “{value}” is not one of: {known}", "correct the cell, or values"),
    "cell.choice.near": ("“{header}”: “{value}” is not one of: {known}", "write perhaps “{near}”"),
    "cell.duplicate": ("“{header}”: “{value}” is already in {first}", "remove the double row or correct the value"),
    "type.testo": ("a text", ""),
    "type.intero": ("a whole number, for example 41.285", ""),
    "type.importo": ("an amount, for example 8.305.352,69", ""),
    "type.numero": ("a number, for example 73,8", ""),
    "type.percentuale": ("a percentage, for example 83,33", ""),
    "type.data": ("a date, for example 05/04/2025", ""),
    "type.mese": ("a month, for example 4 or aprile", ""),
    "type.codice fiscale": ("a codice fiscale", ""),
    "type.CUP": ("a CUP, for example J41B21005380001", ""),
    "place.unknown": ("{{{value}}} is not a placeholder", "use {known}"),
    "place.unknown.near": ("{{{value}}} is not a placeholder", "write {{{near}}}"),
    "figure.table": ("table “{value}” is not among the obligation's data", "add it to data; there are: {known}"),
    "figure.table.near": ("table “{value}” is not among the obligation's data", "write “{near}”, or add it to data"),
    "figure.column": ("the table has no column “{value}”", "use one of: {known}"),
    "figure.column.near": ("the table has no column “{value}”", "write “{near}”"),
    "figure.operand": ("“{value}” is not a figure declared before this one", "declare it above; there are: {known}"),
    "figure.operand.near": (
        "“{value}” is not a figure declared before this one",
        "write “{near}”, or declare it above",
    ),
    "figure.reference": ("“{value}” is not of the form table.column", "write for example costi.totale"),
    "figure.not-numeric": ("“{value}” does not hold numbers", "use a column or a figure of numbers"),
    "figure.two": ("two figures are needed, here are {value}", "write [first, second]"),
    "figure.none": ("{value} is missing", "add it"),
    "pick.none": ("no row with {condition}; there is: {known}", "correct the sheet, or where"),
    "pick.many": ("{count} rows with {condition}, one is needed ({known})", "remove double rows, or narrow where"),
    "statement.blank": ("no line of money: the cell is empty", "write the source; there are: {known}"),
    "statement.unmatched": (
        "“{value}” belongs to no line of money",
        "correct it, or add it to match; there are: {known}",
    ),
    "check.failed": (
        "check “{check}” not passed ({text}): {left} = {value}, {right} = {known}; cells: {cells}",
        "correct the sheet, or the check in deadlines.yaml",
    ),
    "check.warned": (
        "check “{check}” not passed ({text}): {left} = {value}, {right} = {known}; cells: {cells}",
        "look at the sheet",
    ),
    "check.undone": (
        "check “{check}” not done ({text}): {name} is {value}",
        "complete the figure, or compare by hand",
    ),
    "check.missing": (
        "check “{check}” not done ({text}): {name} is {value} ({reason})",
        "add the file of the other period, or compare by hand",
    ),
    "check.outlier": (
        "check “{check}” not passed ({text}): {left} = {value}, the average of the periods before is {known}: "
        "more than {beyond} % apart; cells: {cells}",
        "correct the sheet, or the check in deadlines.yaml",
    ),
    "check.unusual": (
        "check “{check}” not passed ({text}): {left} = {value}, the average of the periods before is {known}: "
        "more than {beyond} % apart; cells: {cells}",
        "make sure that the value is right",
    ),
    "check.unstated": (
        "check “{check}” not done ({text}): {name} is {value}",
        "write the amount in amounts once it is known; until then compare by hand",
    ),
    "covers.value": (
        "“{header}”: there is no row with “{value}”",
        "add the rows that are missing; if there are to be none any more, correct covers in deadlines.yaml",
    ),
    "covers.month": ("“{header}”: there is no row of the month {value}", "add the rows of that month"),
    "covers.other": (
        "“{header}”: the month {value} is not of the period",
        "remove its rows, or put them into the file of their period",
    ),
    "file.old": (
        "the file was last changed on {value}, more than {days} days ago",
        "ask for a new one; if it is still the right one, save it again",
    ),
}

MESSAGES = {"it": _IT | remarks.IT, "en": _EN | remarks.EN}

_RELEASABLE = ("check.failed", "covers.", "file.old")  # every cell could be read: a person may answer for the rest
_ABOUT_CELLS = ("cell.", "pick.", "statement.", "total.", "check.", "sql.")
_WARNING = {"it": "avviso: {}", "en": "warning: {}"}
HIDDEN = {"value": "…", "known": "…"}  # in place of what was found in cells


def problem(lang: str, where: str, code: str, warning: bool | None = None, /, **facts: object) -> Problem:
    """Return the problem of a code at a place, its facts put into both sentences; `warning`: where the table says so.

    What was found in a cell is left out of the discreet sentence: it may be somebody's name.
    """
    what, remedy = MESSAGES.get(lang, MESSAGES["it"])[code]
    warns = code in remarks.WARNINGS if warning is None else warning
    if warns:
        what = _WARNING.get(lang, _WARNING["it"]).format(what)
    discreet = what.format(**{**facts, **HIDDEN}) if code.startswith(_ABOUT_CELLS) else ""
    return Problem(
        where,
        what.format(**facts),
        remedy.format(**facts),
        discreet,
        warning=warns,
        releasable=code.startswith(_RELEASABLE) and not warns,
    )


def suggestion(lang: str, where: str, code: str, wrong: str, names: list[str], **facts: object) -> Problem:
    """Return the problem of a name that is not one of `names`; with the nearest one where one is near."""
    near = get_close_matches(wrong.casefold(), [name.casefold() for name in names], n=1, cutoff=0.5)
    known = ", ".join(names[:12]) or "–"
    if not near:
        return problem(lang, where, code, known=known, **facts)
    found = next(name for name in names if name.casefold() == near[0])
    return problem(lang, where, f"{code}.near", near=found, known=known, **facts)


def source_error(lang: str, where: str, code: str, **facts: object) -> SourceError:
    """Return, to be raised, the one problem of a workbook."""
    return SourceError((problem(lang, where, code, **facts),))


def user_error(lang: str, where: str, code: str, **facts: object) -> UserError:
    """Return, to be raised, the one problem of a declaration."""
    return UserError((problem(lang, where, code, **facts),))
