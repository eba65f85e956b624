"""Care of a desk that runs: its database, its checks, its backups. The commands are thin; the work is here."""
