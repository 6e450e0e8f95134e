"""The dispatch room's tables: destinations, dispatches, learners, and what was heard of their LMSs."""
