"""What trains the projector and the adapter; nothing that serves imports it."""
