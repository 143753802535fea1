"""Readers of public surgical data sets."""
