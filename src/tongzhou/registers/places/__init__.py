"""Divisions of China, the sites below the street, and the short names people really use."""
