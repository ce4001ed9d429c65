"""Measurements, each beside the plain library or interpreter in the same run; printed as figures and ratios."""
