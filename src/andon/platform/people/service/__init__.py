"""People are invited and join, sign in and out, and change what is their own."""
