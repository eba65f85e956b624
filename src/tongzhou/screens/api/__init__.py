"""The programmable desk: the same acts, rules and refusals as the pages, as JSON."""
