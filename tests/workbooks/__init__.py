"""Workbooks as they should not be, made when the tests run; and what is read of each."""
