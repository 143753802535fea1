"""How well answers fit what surgeons labelled, beside answering blind and always saying the commonest thing."""
