"""What an unknown table of text holds: its headings, dates, hours, coordinates, types and personal data.

Guesses for a person to confirm, each with the reason that made it. Nothing here opens a file or knows a language of
the screen: reasons are codes with figures.
"""
