"""What is asked of outside parties, as protocols."""
