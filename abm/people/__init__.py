"""Who the people are: profile, household formation, working age, and how a region suits them."""
