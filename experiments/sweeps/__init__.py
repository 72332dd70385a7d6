"""Making many runs: on this machine or on a cluster, with what it costs and how far it is."""
