"""Parameters that have another name now: an old key is refused with the new one, so nobody's file is misread.

A key stands here from the version in which it was renamed on; CHANGELOG.md says why.
"""

RENAMED = {  # process -> old name -> new name
    "reception": {
        "regular_pace": "regular_rate",
        "emergency_pace": "emergency_rate",
        "closing_pace": "closing_rate",
    },
    "placement": {"price_pace": "price_rate"},
    "leaving": {
        "alone_pace": "alone_rate",
        "family_pace": "family_rate",
        "vanishing_pace": "vanishing_rate",
        "closed_pace": "closed_rate",
    },
    "integration": {"pace": "rate"},
    "participation": {"teachers_pace": "teachers_rate"},
    "wellbeing": {"pace": "rate", "luck": "shock"},
    "work": {"tenure": "expected_duration"},
    "interim": {"pace": "rate", "cost": "cost_factor, over the cost of the place that interim.place names"},
    "joining": {"hotel_cost": "hotel_cost_factor, over the series cost_hotel"},
    "starter_homes": {"middle_pace": "middle_rent_rate"},
    "onward": {"rent_pace": "middle_rent_rate", "buying_pace": "buying_rate"},
    "support": {"kernel": "decay", "pace": "rate"},
}
