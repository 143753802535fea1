"""What stands between a model's words and their reader: only what the timeline carries passes."""
