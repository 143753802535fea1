"""The language engine in this process: batched, with a prefix cache."""
