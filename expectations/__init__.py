"""Says whether this week's data can be trusted, before and after the models are built."""
