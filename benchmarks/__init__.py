"""Measurements that take too long for a test run: speed and memory as ratios, placement and statistics as tables."""
