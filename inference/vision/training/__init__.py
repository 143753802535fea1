"""What trains the tower and the heads; nothing that serves imports it."""
