"""What reads everything and writes nothing: figures, an order's story, reports."""
