"""Questions about what a timeline shows, at Surg-QA's four levels, with answers that point at seconds."""
