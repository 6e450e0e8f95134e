"""The specifications as pure code: bytes and values in, values out. No IO, no clock, no framework."""
