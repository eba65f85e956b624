"""What is wrong or missing with the service: anybody may say it, coordinators answer."""
