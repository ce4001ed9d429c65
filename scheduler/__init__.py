"""Scadenzario: the register of an office's reporting deadlines."""

__version__ = "0.1.0"
