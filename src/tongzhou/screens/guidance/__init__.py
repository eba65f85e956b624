"""Guides: read on a phone, on paper, offline; acknowledged, asked about; written, reviewed, published. No tables."""
