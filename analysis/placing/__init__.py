"""Placing: from an address, a corner or the name of a place, as people write them, to a point. No Django, no disk.

`words` reads the text, `spelling` compares names, `gazetteer` holds what is known, `numbers` finds a house between its
neighbours, `search` puts them together and says how sure it is.
"""
