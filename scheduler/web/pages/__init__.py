"""The views, a file for each kind of page: what they show comes from the house, and goes into a template."""
