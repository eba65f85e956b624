"""The line: contacts, the queue, the seats; what is said is not kept here."""
