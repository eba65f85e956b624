"""What government and companies cover already, as data; planning subtracts it."""
