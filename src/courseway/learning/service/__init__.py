"""What people and other rooms do with registrations; playing a launch lives in `playing`."""

from courseway.learning.service.registrations import Service

__all__ = ["Service"]
