"""The light agent that runs on commune office PCs (Python 3.8 syntax)."""

__version__ = "0.3.0"
