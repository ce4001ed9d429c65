"""English: what can be wrong with pictures and charts, and how a chart is read out."""

# ruff: noqa: E501  (a sentence is easier to read and to translate on one line)

SENTENCES: dict[str, str] = {
    "template.picture": "a picture to be printed is no PNG or JPEG file, or is damaged",
    "template.picture.remedy": "save it again as PNG or JPEG",
    "template.picture-place": "a picture or a chart is printed where none can stand",
    "template.picture-place.remedy": "write {{{{ name }}}} in a paragraph of the text, a cell or a header: not {{{{p name }}}} or {{{{r name }}}}, and not in the document's properties",
}
