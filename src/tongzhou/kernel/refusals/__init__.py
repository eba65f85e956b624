"""The entries of the catalogue of refusals, one module for each room; `kernel.errors` puts them together."""
