"""The interface for programs: the same facts and acts as the pages, as JSON, for who shows a token."""
