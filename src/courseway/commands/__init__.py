"""The commands behind `courseway`: most speak HTTP to a running platform, an operator's few use the database directly."""
