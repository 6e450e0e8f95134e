"""Tests: sentences about the product, run against the real parts."""
