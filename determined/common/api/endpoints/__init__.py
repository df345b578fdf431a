"""One small typed function for each call of the REST API, by noun."""
