"""Simulated videos: heads of their own."""
