"""Tables as reports read them: figures, things that need attention, lists, search. Nothing is written here."""
