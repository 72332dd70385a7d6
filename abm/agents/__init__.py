"""The model as Mesa users expect it: rows as agents, populations as agent sets."""
