"""The base of every domain: errors, months, tables, draws, parameters, kernels, queues and YAML."""
