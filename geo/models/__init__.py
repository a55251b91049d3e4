"""Tables of the ground floor."""

from .commune import Commune

__all__ = ["Commune"]
