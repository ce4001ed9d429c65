"""The Word templates of the shipped workspace, one module per kind of document; the same bytes each time."""
