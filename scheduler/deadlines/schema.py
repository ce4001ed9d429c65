"""The JSON Schema of `deadlines.yaml`, made from its shape: editors check and complete the file with it."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import DictSchema

from scheduler.deadlines.shape import Deadlines


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the whole file."""
    schema = Deadlines.model_json_schema(mode="validation", schema_generator=_Strict)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


class _Strict(GenerateJsonSchema):
    """Refuses names that do not match their pattern, and repeats no key as its own title."""

    def dict_schema(self, schema: DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        return {**made, "additionalProperties": False} if "patternProperties" in made else made

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False
