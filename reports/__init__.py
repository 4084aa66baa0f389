"""Reads what is published and tells it: the weekly review, the exports, the command line."""
