"""What every domain builds on: errors, months, tables, draws, parameters, kernels, queues and YAML."""
