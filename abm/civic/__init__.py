"""Civic integration: routes, language classes, activities, learning and wellbeing."""
