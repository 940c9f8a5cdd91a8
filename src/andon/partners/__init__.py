"""Who and what: shops, suppliers, bindings, catalogue, stock, shipping plans."""
