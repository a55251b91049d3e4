"""What runs in the child process that opens a user's file. It imports nothing of the product and nothing of Django."""
