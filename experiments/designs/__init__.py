"""Which runs a design asks for."""
