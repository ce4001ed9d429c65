"""`deadlines.yaml` → values, every problem with its line. The only user of the YAML library, pydantic and holidays."""

from scheduler.deadlines.reader import read_register

__all__ = ["read_register"]
