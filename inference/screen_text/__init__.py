"""Text that a recorder burnt into the picture: found, covered before a model looks, and listed."""
