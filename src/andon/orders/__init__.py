"""An order's way: intake, routing, push, shipping, tracking."""
