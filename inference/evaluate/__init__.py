"""The front door of evaluation; nothing imports it."""
