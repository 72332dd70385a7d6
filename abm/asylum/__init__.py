"""The asylum chain: arrival, screening, reception places, decisions, coupling, family reunification, return."""
