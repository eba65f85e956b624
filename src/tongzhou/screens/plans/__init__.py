"""Plans: started, looked through with a reason on every line, steered, approved by a second person."""
