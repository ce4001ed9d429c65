"""Workbooks → typed tables → figures, with the address of every cell. The only user of pandas and its readers."""
