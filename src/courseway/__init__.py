"""Courseway: hosts SCORM courses, dispatches them to customers' LMSs, and keeps every result."""

__version__ = "0.1.0"
