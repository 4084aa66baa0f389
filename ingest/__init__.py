"""Reads what the coach exported into raw tables: one direction, file by file, nothing guessed."""
