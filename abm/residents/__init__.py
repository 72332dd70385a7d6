"""Residents: neighbourhoods, the network of who talks with whom, and support for reception."""
