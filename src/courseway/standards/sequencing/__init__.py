"""SCORM 2004 sequencing and navigation, and the simpler ways of SCORM 1.2: what is delivered next. The door is `overall`."""
