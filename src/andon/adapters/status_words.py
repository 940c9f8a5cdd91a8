"""The words of tracking services for where a parcel is, each with our neutral status.

A service that has one word for several of ours is read as the one that claims less: a return under way and not
ended, transit and not collection.
"""

from collections.abc import Mapping

SEVENTEENTRACK: Mapping[str, str] = {
    "NotFound": "unknown",
    "InfoReceived": "info_received",
    "InTransit_PickedUp": "collected",
    "InTransit_CustomsProcessing": "customs",
    "InTransit_CustomsReleased": "customs",
    "InTransit_CustomsRequiringInformation": "customs",
    "InTransit": "in_transit",
    "OutForDelivery": "out_for_delivery",
    "AvailableForPickup": "available_for_pickup",
    "DeliveryFailure": "delivery_failed",
    "Delivered": "delivered",
    "Exception_Returning": "returning",
    "Exception_Returned": "returned",
    "Exception_Lost": "lost",
    "Exception": "exception",
}
"""Of a sub-status that is not named here its part before the `_` counts: `of_17track`."""

AFTERSHIP: Mapping[str, str] = {
    "Pending": "unknown",
    "InfoReceived": "info_received",
    "InTransit": "in_transit",
    "OutForDelivery": "out_for_delivery",
    "AvailableForPickup": "available_for_pickup",
    "AttemptFail": "delivery_failed",
    "Delivered": "delivered",
    "Exception": "exception",
}

EASYPOST: Mapping[str, str] = {
    "unknown": "unknown",
    "pre_transit": "info_received",
    "in_transit": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "available_for_pickup": "available_for_pickup",
    "failure": "delivery_failed",
    "delivered": "delivered",
    "error": "exception",
    "return_to_sender": "returning",
    "cancelled": "cancelled",
}

KARRIO: Mapping[str, str] = {
    "unknown": "unknown",
    "pending": "info_received",
    "picked_up": "collected",
    "in_transit": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "ready_for_pickup": "available_for_pickup",
    "delivery_failed": "delivery_failed",
    "delivered": "delivered",
    "on_hold": "exception",
    "delivery_delayed": "exception",
    "return_to_sender": "returning",
}


def of_17track(code: str) -> str | None:
    """The neutral status of a 17TRACK status or sub-status; None for a word that is none of theirs."""
    return SEVENTEENTRACK.get(code) or SEVENTEENTRACK.get(code.partition("_")[0])
