"""What is done beside the model: not part of the package that is installed."""
