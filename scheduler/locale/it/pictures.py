"""Italian: what can be wrong with pictures and charts, and how a chart is read out."""

# ruff: noqa: E501  (a sentence is easier to read and to translate on one line)

SENTENCES: dict[str, str] = {
    "template.picture": "un'immagine da stampare non è un file PNG o JPEG, o è guasta",
    "template.picture.remedy": "salvarla di nuovo come PNG o JPEG",
    "template.picture-place": "un'immagine o un grafico è stampato dove non può stare",
    "template.picture-place.remedy": "scrivere {{{{ nome }}}} in un paragrafo del testo, di una cella o di un'intestazione: non {{{{p nome }}}} né {{{{r nome }}}}, e non nelle proprietà del documento",
    "template.native-chart": "il testo alternativo di un disegno è {value}, ma il disegno non è un grafico di Word a barre, linee, aree o torta",
    "template.native-chart.remedy": "in Word: Inserisci, Grafico; poi scrivere {{{{ grafici.nome }}}} nel testo alternativo del grafico",
    "template.native-series": "il grafico di Word per {value} ha serie: {drawn}; quello dichiarato ne ha {declared}",
    "template.native-series.remedy": "in Word: Seleziona dati, e aggiungere o togliere serie; oppure cambiare values in deadlines.yaml",
    "filter.qr": "un testo più corto: un codice QR tiene al più 2331 caratteri",
    "filter.barcode": "un testo di non più di 48 caratteri, senza accenti: un codice a barre non ne ha",
    "filter.width": "una larghezza da 10 a 170 millimetri",
    "kind.rows": "nome di tabella (tra quelle in data e i dati che sono tabelle)",
    "chart.of": "un grafico mostra una sola tabella, qui: {value}",
    "chart.of.remedy": "scrivere of: tabella; per l'avanzamento di un dato verso il suo obiettivo, kind: progress e of: [raggiunto, obiettivo]",
    "chart.columns": "un grafico di una tabella vuole label e da 1 a {most} colonne in values, qui sono {value}",
    "chart.columns.remedy": "scrivere label: la colonna dei nomi, values: [le colonne dei numeri]",
    "chart.progress-columns": "l'avanzamento di una tabella vuole label e due colonne in values, qui sono {value}",
    "chart.progress-columns.remedy": "scrivere label: la colonna dei nomi, values: [raggiunto, obiettivo]",
    "chart.two-figures": "l'avanzamento tra due dati non usa label né values",
    "chart.two-figures.remedy": "toglierli, o indicare in of una tabella",
    "chart.types": "su un solo asse ci sono valori di tipo diverso: {value}",
    "chart.types.remedy": "fare un grafico per ciascun tipo",
    "chart.point": "{label}: {values}",
    "chart.progress": "{reached} di {target} ({share})",
    "chart.progress-bare": "{reached} di {target}",
    "chart.empty": "nessun dato",
    "chart.blank": "non indicato",
    "chart.more": "e altre {count} voci",
}
