"""What every engine room stands on: errors, problems, and the reading and safe writing of tables."""
