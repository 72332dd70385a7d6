"""People: household formation, profiles, working age, and their match with the jobs of a region."""
