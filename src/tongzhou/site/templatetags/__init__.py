"""Template tags of the site; templates of any room may load them."""
