"""A shop's products, and their mappings to suppliers' items.

Where a transaction changes both, mappings come first: they take pools and stock, which are locked before products.
"""

from andon.partners.catalog.service.mappings import (
    MappingKey,
    place_mappings,
    put_mappings,
    remove_mapping,
    remove_mappings,
    remove_mappings_to,
)
from andon.partners.catalog.service.products import (
    Edit,
    EditStatus,
    edit_products,
    place_products,
    put_products,
    switch_modes,
)

__all__ = [
    "Edit",
    "EditStatus",
    "MappingKey",
    "edit_products",
    "place_mappings",
    "place_products",
    "put_mappings",
    "put_products",
    "remove_mapping",
    "remove_mappings",
    "remove_mappings_to",
    "switch_modes",
]
