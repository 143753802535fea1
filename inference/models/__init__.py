"""What every trained artifact shares."""
