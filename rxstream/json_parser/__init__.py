"""JSON that can be read while it arrives: text in fragments, cut anywhere -> the value so far.

Grammar: RFC 8259. Values, duplicate keys and numbers are those of :func:`json.loads`; ``NaN`` and ``Infinity``, which
that takes, are no JSON and are refused.
"""

from rxstream.json_parser.parser import PartialJSONParser
from rxstream.json_parser.patches import JSONPath, JSONValue, Patch
from rxstream.json_parser.snapshot import JSONSnapshot

__all__ = ["JSONPath", "JSONSnapshot", "JSONValue", "PartialJSONParser", "Patch"]
