"""Carriers' own tracking answers, each as a description: where its parcels and scans stand, and what its codes mean.

Codes are those that the carriers publish and whose meaning is beyond doubt; another one is logged and changes
nothing. Where a carrier tells no offset from UTC, its times are taken on the clock of its own country.
"""

from collections.abc import Mapping

from andon.adapters.tracking_json import JsonFormat, Reading, epoch, local

AUSTRALIA_POST = JsonFormat(
    party="australiapost",
    # An article stands alone or in a consignment; the consignment's own events repeat its articles'.
    parcels=("tracking_results[].trackable_items[]", "tracking_results[].trackable_items[].items[]"),
    waybill="article_id",
    readings=(Reading("events[]", "description", local("Australia/Sydney", "date"), place=("location",)),),
    # Its events have no code; their text is fixed.
    statuses={
        "Shipping information received by Australia Post": "info_received",
        "Shipping information approved by Australia Post": "info_received",
        "Received by Australia Post": "collected",
        "Arrived at facility": "in_transit",
        "Processed through Australia Post facility": "in_transit",
        "Departed facility": "in_transit",
        "Processed by air carrier": "in_transit",
        "Arrived at facility in destination country": "in_transit",
        "Cleared and awaiting international departure": "customs",
        "With Australia Post for delivery today": "out_for_delivery",
        "Delivered": "delivered",
    },
)

DHL_UNIFIED = JsonFormat(
    party="dhl",
    parcels=("shipments[]",),
    waybill="id",
    readings=(
        Reading(
            "events[]",
            "statusCode",
            local("Europe/Berlin", "timestamp"),
            place=("location.address.addressLocality", "location.address.countryCode"),
        ),
    ),
    statuses={
        "pre-transit": "info_received",
        "transit": "in_transit",
        "delivered": "delivered",
        "failure": "exception",
        "unknown": "unknown",
    },
)
"""DHL's one interface over its divisions, and that of DHL Paket in Germany."""

DHL_EXPRESS = JsonFormat(
    party="mydhl",
    parcels=("shipments[]",),
    waybill="shipmentTrackingNumber",
    readings=(
        Reading(
            "events[]",
            "typeCode",
            local("Europe/Berlin", "date", "time", "GMTOffset"),
            place=("serviceArea[].description",),
        ),
    ),
    statuses={
        "PU": "collected",
        "PL": "in_transit",
        "DF": "in_transit",
        "AF": "in_transit",
        "AR": "in_transit",
        "CR": "customs",
        "CD": "customs",
        "OH": "exception",
        "WC": "out_for_delivery",
        "NH": "delivery_failed",
        "RT": "returning",
        "OK": "delivered",
    },
)

GLS = JsonFormat(
    party="gls",
    parcels=("parcels[]",),
    waybill="unitno",
    readings=(
        Reading("events[]", "code", local("Europe/Berlin", "eventDateTime"), place=("city", "country")),
        # How the parcel stands is told with its own instant, later than any event's.
        Reading("", "status", local("Europe/Berlin", "statusDateTime")),
    ),
    statuses={
        "INTIAL.PREADVICE": "info_received",  # as it is spelt
        "INTIAL.NORMAL": "collected",
        "PREADVICE": "info_received",
        "INTRANSIT": "in_transit",
        "INWAREHOUSE": "in_transit",
        "INDELIVERY": "out_for_delivery",
        "NOTDELIVERED": "delivery_failed",
        "DELIVERED": "delivered",
        "DELIVEREDPS": "available_for_pickup",  # at a parcel shop
    },
)

LA_POSTE = JsonFormat(
    party="laposte",
    parcels=("responses[].shipment",),
    waybill="idShip",
    readings=(Reading("event[]", "code", local("Europe/Paris", "date")),),
    statuses={
        "DR1": "info_received",
        "PC1": "collected",
        "PC2": "collected",
        "ET1": "in_transit",
        "ET2": "in_transit",
        "ET3": "in_transit",
        "ET4": "in_transit",
        "EP1": "in_transit",
        "DO1": "customs",
        "DO2": "customs",
        "DO3": "customs",
        "PB1": "exception",
        "PB2": "in_transit",
        "MD2": "out_for_delivery",
        "ND1": "delivery_failed",
        "AG1": "available_for_pickup",
        "RE1": "returning",
        "DI1": "delivered",
        "DI2": "returned",  # delivered to the sender
    },
)

PARCEL_ONE = JsonFormat(
    party="parcelone",
    parcels=("results",),
    waybill="TrackingID",
    readings=(Reading("Events[]", "StatusCode", local("Europe/Berlin", "DateTime"), place=("Location",)),),
    statuses={
        "IN_TRANSIT": "in_transit",
        "OUT_FOR_DELIVERY": "out_for_delivery",
        "DELIVERED": "delivered",
    },
)

SMART_KARGO = JsonFormat(
    party="smartkargo",
    # Each item is an event of one piece; an air waybill has several, and one delivered is not all.
    parcels=("[]",),
    waybill="pieceReference",
    readings=(
        Reading(
            "", "eventType", local("UTC", "eventDate", zone="location.timezone"), place=("eventLocation",)
        ),
    ),
    # IATA's status codes for cargo, and the delivery to the door.
    statuses={
        "BKD": "info_received",
        "RCS": "collected",
        "MAN": "in_transit",
        "DEP": "in_transit",
        "ARR": "in_transit",
        "RCF": "in_transit",
        "CCD": "customs",
        "DLV": "delivered",
        "DDL": "delivered",
        "DIS": "exception",
    },
)

SPRING = JsonFormat(
    party="spring",
    parcels=("Shipment",),
    waybill="TrackingNumber",
    readings=(Reading("Events[]", "Code", epoch("Timestamp"), place=("City", "Country")),),
    statuses={
        "9301": "out_for_delivery",
        "100": "delivered",
    },
)

UPS = JsonFormat(
    party="ups",
    parcels=("trackResponse.shipment[].package[]",),
    waybill="trackingNumber",
    readings=(
        Reading(
            "activity[]",
            "status.type",
            local("America/New_York", "date", "time", "gmtOffset"),
            place=("location.address.city", "location.address.countryCode"),
        ),
    ),
    statuses={
        "M": "info_received",  # the label is made
        "MV": "cancelled",  # the label is void
        "P": "collected",
        "I": "in_transit",
        "O": "out_for_delivery",
        "X": "exception",
        "RS": "returning",
        "D": "delivered",
    },
)

USPS = JsonFormat(
    party="usps",
    parcels=("[]",),
    waybill="trackingNumber",
    readings=(
        Reading(
            "trackingEvents[]",
            "eventCode",
            local("America/New_York", "GMTTimestamp"),
            place=("eventCity", "eventState", "eventCountry"),
        ),
    ),
    statuses={
        "GX": "info_received",  # the label is made
        "MA": "info_received",  # the manifest is known
        "03": "collected",
        "SF": "in_transit",
        "10": "in_transit",
        "T1": "in_transit",
        "TL": "in_transit",
        "A1": "in_transit",
        "07": "in_transit",  # at the post office that delivers
        "OF": "out_for_delivery",
        "02": "delivery_failed",  # a notice was left
        "04": "delivery_failed",  # refused
        "05": "delivery_failed",  # undeliverable as addressed
        "09": "returning",
        "01": "delivered",
    },
)

CARRIERS: Mapping[str, JsonFormat] = {
    each.party: each
    for each in (
        AUSTRALIA_POST,
        DHL_UNIFIED,
        DHL_EXPRESS,
        GLS,
        LA_POSTE,
        PARCEL_ONE,
        SMART_KARGO,
        SPRING,
        UPS,
        USPS,
    )
}
