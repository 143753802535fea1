"""One-shot skill scoring: a scorer adapted to a few reference videos of the site's own choosing.

Formative only: a score says which references a video resembles, and where; it ranks nobody.
"""
