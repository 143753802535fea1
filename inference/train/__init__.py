"""The front door of training; nothing imports it."""
