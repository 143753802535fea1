"""Figures of the reasoning model."""
