"""Did it help: who does what where, what is lacking and what is double, and what people say of the service."""
