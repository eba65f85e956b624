"""Professional guidance by population group and stage, versioned, acknowledged by the front line."""
