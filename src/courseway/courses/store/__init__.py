"""Tables of the courses room and every statement on them: courses, versions with their files, uploads."""
