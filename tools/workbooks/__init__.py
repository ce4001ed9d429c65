"""The sample data of the shipped workspace, one module per kind of file; invented, repeatable, byte for byte."""
