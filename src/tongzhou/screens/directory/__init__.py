"""Where to get help: public search, HSDS and CSV; the desk where entries are written and verified."""
