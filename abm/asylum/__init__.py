"""From application to permit and coupling: arrival, screening, places, decisions, family reunification, return."""
