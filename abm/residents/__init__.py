"""Residents: neighbourhoods, the social network of residents, and support for reception."""
