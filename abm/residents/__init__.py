"""Residents: neighbourhoods, who talks with whom, and support for reception."""
