"""What is deposited with a publication: code, data, configurations and results in one archive that describes itself."""
