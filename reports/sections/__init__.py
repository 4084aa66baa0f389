"""The sections of the review: each a function from a `Review` to a `Section` of plain blocks."""
