"""English: what can be wrong with pictures and charts, and how a chart is read out."""

# ruff: noqa: E501  (a sentence is easier to read and to translate on one line)

SENTENCES: dict[str, str] = {
    "template.picture": "a picture to be printed is no PNG or JPEG file, or is damaged",
    "template.picture.remedy": "save it again as PNG or JPEG",
    "template.picture-place": "a picture or a chart is printed where none can stand",
    "template.picture-place.remedy": "write {{{{ name }}}} in a paragraph of the text, a cell or a header: not {{{{p name }}}} or {{{{r name }}}}, and not in the document's properties",
    "template.native-chart": "the alternative text of a drawing is {value}, but the drawing is no Word chart of bars, lines, areas or slices",
    "template.native-chart.remedy": "in Word: Insert, Chart; then write {{{{ grafici.name }}}} in the chart's alternative text",
    "template.native-series": "the Word chart for {value} has this many series: {drawn}; the declared one has {declared}",
    "template.native-series.remedy": "in Word: Select Data, and add or remove series; or change values in deadlines.yaml",
    "filter.qr": "a shorter text: a QR code holds no more than 2331 letters",
    "filter.barcode": "a text of no more than 48 letters without accents: a barcode has none",
    "filter.width": "a width from 10 to 170 millimetres",
    "kind.rows": "name of a table (of those in data, and the figures that are tables)",
    "chart.of": "a chart shows one table, here: {value}",
    "chart.of.remedy": "write of: table; for how far a figure is from its target, kind: progress and of: [reached, target]",
    "chart.columns": "a chart of a table wants label and from 1 to {most} columns in values; here are {value}",
    "chart.columns.remedy": "write label: the column of names, values: [the columns of numbers]",
    "chart.progress-columns": "the progress of a table wants label and two columns in values; here are {value}",
    "chart.progress-columns.remedy": "write label: the column of names, values: [reached, target]",
    "chart.two-figures": "the progress between two figures uses neither label nor values",
    "chart.two-figures.remedy": "take them out, or name a table in of",
    "chart.types": "there are values of different types on one axis: {value}",
    "chart.types.remedy": "make a chart for each type",
    "chart.point": "{label}: {values}",
    "chart.progress": "{reached} of {target} ({share})",
    "chart.progress-bare": "{reached} of {target}",
    "chart.empty": "no data",
    "chart.blank": "not stated",
    "chart.more": "and {count} more items",
}
