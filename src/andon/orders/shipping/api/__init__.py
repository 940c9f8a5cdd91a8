"""What suppliers, and shops for their own location, say of fulfilments over HTTP."""

from andon.orders.shipping.api import bulk, own, supplier
from andon.platform.accounts.edge import Router

router = Router(tags=["fulfilments"])
router.routes.extend([*supplier.router.routes, *bulk.router.routes, *own.router.routes])
