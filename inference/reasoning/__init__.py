"""Explanations whose every step is checked, and the model that learns to write them from its first wrong step."""
