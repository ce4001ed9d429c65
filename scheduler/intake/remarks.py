"""The sentences about what changes data in silence, Italian and English, and which of them are only warnings."""

from __future__ import annotations

from scheduler.core.rules import RULES

IT = {
    "file.changing": ("il file viene salvato proprio ora", "attendere che sia chiuso e ripetere"),
    "file.macros": ("il file contiene macro", "salvarlo senza macro, come .xlsx"),
    "file.choice": (
        "colonna {column}: «{value}», nel nome del file, non è tra: {known}",
        "rinominare il file, o values",
    ),
    "file.choice.near": (
        "colonna {column}: «{value}», nel nome del file, non è tra: {known}",
        "chiamare il file «{near}», o correggere values",
    ),
    "file.none": ("non c'è alcun file con questo nome, dove * sta per qualunque testo", "metterne in {folder}"),
    "file.outside": (
        "è un collegamento a un file fuori dalla cartella di lavoro",
        "copiare il file al posto del collegamento",
    ),
    "file.read": ("letto come {encoding}, separatore {separator}", "se non è così, salvarlo come CSV UTF-8"),
    "file.same": ("è lo stesso file di {other}", "controllare che non sia salvato con il nome di un altro periodo"),
    "sheet.hidden": ("il foglio è nascosto", "controllare che sia quello giusto"),
    "column.hidden": ("«{header}»: la colonna è nascosta", "controllare che sia quella giusta, e scoprirla"),
    "cell.stale": (
        "«{header}»: il risultato salvato è {value}, ma {formula} dà {known}",
        "aprire il file, ricalcolare (F9) e salvare",
    ),
    "cell.scale": (
        "«{header}»: {value} è un numero di tutt'altra grandezza: gli altri arrivano a {known}",
        "controllare la virgola e gli zeri",
    ),
    "row.blank": ("righe vuote in mezzo ai dati", "toglierle, se non manca nulla"),
    "row.hidden": ("righe nascoste, lette come le altre", "scoprirle, o dichiarare hidden_rows: read oppure skip"),
    "row.repeated": ("la riga è uguale alla {line}", "toglierla, se è scritta due volte"),
    "row.wide": (
        "la riga ha più di {count} valori, uno per intestazione",
        "usare il punto e virgola come separatore, o le virgolette",
    ),
    "row.total": (
        "è una riga di totale: non si conta, e la somma torna",
        "dichiarare totals: check, oppure totals: rows se è un dato",
    ),
    "row.below": ("sembra un dato, ma la tabella finisce alla riga {line}", "spostarla sopra, o correggere end"),
    "total.differs": (
        "«{header}»: il totale è {value}, ma {rows} dà {known}",
        "correggere il foglio; se la riga è un dato, dichiarare totals: rows",
    ),
    "cell.merged": ("«{header}»: la cella è unita a {anchor}", "dividerla e scrivere il valore in ogni riga"),
    "cell.personal": (
        "«{header}»: la cella contiene un {what}, e la colonna non è segnata come personale",
        "toglierlo dalla cella, oppure dichiarare personal: true per la colonna",
    ),
    "file.personal": ("il nome del file contiene un {what}", "cambiare il nome del file"),
    "cell.code": ("«{header}»: «{value}» non è {expected}", "confrontarlo con l'originale e riscriverlo come testo"),
    "cell.range": ("«{header}»: «{value}» non sta tra {least} e {most}", "correggere la cella, o min e max"),
    "cell.reckoned": ("«{header}»: c'è una formula dove ci vuole un valore", "incollare il solo valore"),
    "cell.typed": (
        "«{header}»: un valore scritto a mano tra le formule della colonna",
        "rimettere la formula, se il valore non è voluto",
    ),
    "cell.zeros": (
        "«{header}»: «{value}» ha perso gli zeri iniziali: gli altri sono come {known}",
        "dare alla colonna il formato testo e riscriverlo",
    ),
    "cell.digits": ("«{header}»: «{value}» ha perso le ultime cifre", "riscriverlo in una cella di tipo testo"),
    "cell.dated": (
        "«{header}»: «{value}» è una data in una colonna di testo",
        "se era un codice, riscriverlo come testo",
    ),
    "cell.separator": (
        "«{header}»: «{value}» è senza il punto delle migliaia, che altre celle hanno",
        "controllarlo e scriverlo come gli altri",
    ),
    "cell.fraction": (
        "«{header}»: la colonna ha solo valori fino a 1, come «{value}»: sono frazioni?",
        "dare alle celle il formato percentuale, o dichiarare unit: frazione oppure punti",
    ),
    "cell.exchanged": (
        "«{header}»: in date come «{value}» giorno e mese sono forse scambiati: quelle oltre il 12 sono rimaste testo",
        "riscrivere le date della colonna, o chiedere il file originale",
    ),
}

EN = {
    "file.changing": ("the file is being saved right now", "wait until it is closed and try again"),
    "file.macros": ("the file holds macros", "save it without macros, as .xlsx"),
    "file.choice": (
        "column {column}: “{value}”, of the file's name, is not one of: {known}",
        "rename the file, or values",
    ),
    "file.choice.near": (
        "column {column}: “{value}”, of the file's name, is not one of: {known}",
        "call the file “{near}”, or correct values",
    ),
    "file.none": ("there is no file of this name, where * stands for any text", "put some into {folder}"),
    "file.outside": ("is a link to a file outside the workspace", "copy the file to where the link is"),
    "file.read": ("read as {encoding}, separator {separator}", "if that is wrong, save it as CSV UTF-8"),
    "file.same": ("is the same file as {other}", "make sure that it is not saved under another period's name"),
    "sheet.hidden": ("the sheet is hidden", "make sure that it is the right one"),
    "column.hidden": ("“{header}”: the column is hidden", "make sure that it is the right one, and show it"),
    "cell.stale": (
        "“{header}”: the saved result is {value}, but {formula} gives {known}",
        "open the file, recalculate (F9) and save",
    ),
    "cell.scale": (
        "“{header}”: {value} is a number of quite another size: the others reach {known}",
        "check the comma and the zeros",
    ),
    "row.blank": ("blank rows among the data", "remove them, if nothing is missing"),
    "row.hidden": ("hidden rows, read like the others", "show them, or declare hidden_rows: read or skip"),
    "row.repeated": ("the row is the same as {line}", "remove it, if it was written twice"),
    "row.wide": (
        "the row has more than {count} values, one for each header",
        "use the semicolon as the separator, or quotes",
    ),
    "row.total": (
        "is a row of totals: it is not counted, and the sum is right",
        "declare totals: check, or totals: rows if it is a record",
    ),
    "row.below": ("looks like a record, but the table ends at row {line}", "move it up, or correct end"),
    "total.differs": (
        "“{header}”: the total is {value}, but {rows} gives {known}",
        "correct the sheet; if the row is a record, declare totals: rows",
    ),
    "cell.merged": ("“{header}”: the cell is merged with {anchor}", "split it and write the value in each row"),
    "cell.personal": (
        "“{header}”: the cell holds a person's {what}, and the column is not marked as personal",
        "take it out of the cell, or declare personal: true for the column",
    ),
    "file.personal": ("the file's name holds a person's {what}", "change the file's name"),
    "cell.code": ("“{header}”: “{value}” is not {expected}", "compare it with the original and write it as text"),
    "cell.range": ("“{header}”: “{value}” is not between {least} and {most}", "correct the cell, or min and max"),
    "cell.reckoned": ("“{header}”: there is a formula where a value must be", "paste the value alone"),
    "cell.typed": (
        "“{header}”: a value typed among the formulas of the column",
        "put the formula back, if the value is not meant",
    ),
    "cell.zeros": (
        "“{header}”: “{value}” has lost its leading zeros: the others are like {known}",
        "give the column the text format and write it again",
    ),
    "cell.digits": ("“{header}”: “{value}” has lost its last digits", "write it again in a cell of type text"),
    "cell.dated": ("“{header}”: “{value}” is a date in a column of text", "if it was a code, write it again as text"),
    "cell.separator": (
        "“{header}”: “{value}” lacks the point of thousands, which other cells have",
        "check it and write it like the others",
    ),
    "cell.fraction": (
        "“{header}”: the column has only values up to 1, like “{value}”: are they fractions?",
        "give the cells the percent format, or declare unit: frazione or punti",
    ),
    "cell.exchanged": (
        "“{header}”: in dates like “{value}” day and month may be exchanged: those above 12 have stayed text",
        "write the dates of the column again, or ask for the original file",
    ),
}

WARNINGS = frozenset(
    {
        *(code for code, warns in RULES.items() if warns),
        *("check.warned", "check.undone", "check.unstated", "check.missing", "check.unusual"),
    }
)
