"""Where a place stands in the epidemic: weights over overlapping stages, set by a person with a reason."""
