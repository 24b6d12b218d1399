"""Values that satisfy a JSON schema, with words and numbers of the prompt where they fit."""

from rxstream.simulated.schemas.hints import Hints
from rxstream.simulated.schemas.sampler import SchemaSampler, sample

__all__ = ["Hints", "SchemaSampler", "sample"]
