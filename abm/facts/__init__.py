"""The facts that the model runs on: data/ holds one CSV per table, and sources.yaml the source of each column."""
