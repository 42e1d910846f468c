"""The sample province that the demo shows: invented offices, PCs and villages in the real communes of Gia Lai.

Every row that can be marked is marked `sample`. Nothing here is measured or true but the units themselves and the
three villages a newspaper wrote about.
"""

from inventory.sample.load import SampleSummary, load_sample
from inventory.sample.places import SampleError
from inventory.sample.refresh import refresh_sample

__all__ = ["SampleError", "SampleSummary", "load_sample", "refresh_sample"]
