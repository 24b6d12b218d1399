"""JSON schemas as the API wants them; pure."""

from rxstream.schemas.adapter import adapter_of
from rxstream.schemas.names import check_name, name_from
from rxstream.schemas.root import SchemaGenerator, object_schema
from rxstream.schemas.strict import strict_schema
from rxstream.schemas.text_format import text_format

__all__ = ["SchemaGenerator", "adapter_of", "check_name", "name_from", "object_schema", "strict_schema", "text_format"]
