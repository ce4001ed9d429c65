"""Italian: what can be wrong with pictures and charts, and how a chart is read out."""

# ruff: noqa: E501  (a sentence is easier to read and to translate on one line)

SENTENCES: dict[str, str] = {
    "template.picture": "un'immagine da stampare non è un file PNG o JPEG, o è guasta",
    "template.picture.remedy": "salvarla di nuovo come PNG o JPEG",
    "template.picture-place": "un'immagine o un grafico è stampato dove non può stare",
    "template.picture-place.remedy": "scrivere {{{{ nome }}}} in un paragrafo del testo, di una cella o di un'intestazione: non {{{{p nome }}}} né {{{{r nome }}}}, e non nelle proprietà del documento",
}
