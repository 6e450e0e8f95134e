"""A small LMS of our own, with the habits of real ones, on another origin than the platform."""

from tests.lms.server import Attempt, LmsServer

__all__ = ["Attempt", "LmsServer"]
