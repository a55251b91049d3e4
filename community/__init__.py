"""Neighbourhood boards and territorial managers."""
