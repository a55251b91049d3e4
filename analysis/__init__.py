"""Foundation: arrays and frames in, arrays and frames out. No Django, no disk, no network, no clock."""

__version__ = "0.1.0"
"""Version of the computations; stored with every result so that it can be repeated with the same code."""
