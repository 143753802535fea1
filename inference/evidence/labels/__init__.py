"""The rows of the ontology, by lane."""
