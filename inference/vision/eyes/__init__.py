"""What looks at real operations: a branch beside the tower's last block, heads, and a reader of phases over time."""
