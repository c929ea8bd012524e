"""Drawings made on the server: dataclasses in, SVG out. Pure: no database, no words of a language, no request.

Every text that is drawn is escaped here. Colours come from the style sheet by class, so that a drawing follows light,
dark and print; what a colour says is said by shape and text as well.
"""
