"""The one safe HTML page: blocks and prose in, a self-contained file out."""
