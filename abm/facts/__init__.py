"""The facts that the model runs on: data/ holds one CSV per table, and sources.yaml where each column is from."""
