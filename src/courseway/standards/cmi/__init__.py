"""
The data models of SCORM 1.2 and SCORM 2004: element tables, the engine that obeys them, applying a commit to a stored
state, and what a state amounts to. Pure.

Not here: sequencing, xAPI statements, and where any of it is stored.
"""
