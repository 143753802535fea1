"""From a question and the stored features to a checked answer."""
