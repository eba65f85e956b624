"""What every room stands on: ids, clock, errors, access, audit, crypto, outbox. No nouns of the field."""
