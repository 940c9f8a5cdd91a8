"""Cainiao LINK's traces of a parcel, newest first, in several offsets from UTC: the count of milliseconds is taken.

What the seller and the warehouse declare comes before the parcel is in a carrier's hands. `GTMS_STA_SIGNED` is a
pick-up station's receipt; delivery to the buyer is `GTMS_SIGNED` alone.
"""

from collections.abc import Mapping

from andon.adapters.tracking_json import JsonFormat, Reading, epoch

ACTIONS: Mapping[str, str] = {
    "AE_ORDER_PLACED": "info_received",
    "AE_ORDER_PAID": "info_received",
    "AE_ORDER_SHIPPED": "info_received",
    "GWMS_ACCEPT": "info_received",
    "GWMS_PACKAGE": "info_received",
    "GWMS_OUTBOUND": "info_received",
    "PU_PICKUP_SUCCESS": "collected",
    "SC_INBOUND_SUCCESS": "in_transit",
    "SC_OUTBOUND_SUCCESS": "in_transit",
    "CW_INBOUND": "in_transit",
    "CW_OUTBOUND": "in_transit",
    "CW_SIGN_IN_SUCCESS": "in_transit",
    "CC_EX_START": "customs",
    "CC_EX_SUCCESS": "customs",
    "LH_HO_IN_SUCCESS": "in_transit",
    "LH_HO_AIRLINE": "in_transit",
    "LH_DEPART": "in_transit",
    "LH_ARRIVE": "in_transit",
    "LH_POST_COLLECTION": "in_transit",
    "COMMON_INTRANSIT": "in_transit",
    "CC_IM_START": "customs",
    "CC_IM_SUCCESS": "customs",
    "CC_HO_IN_SUCCESS": "customs",
    "CC_HO_OUT_SUCCESS": "customs",
    "CC_IM_FAILURE": "exception",
    "CC_IM_EXCEPTION": "exception",
    "GTMS_ACCEPT": "in_transit",
    "GTMS_SC_ARRIVE": "in_transit",
    "GTMS_OE_DEPART": "in_transit",
    "LAST_MILE_HO_SUCCESS": "in_transit",
    "GTMS_DO_DEPART": "out_for_delivery",
    "GTMS_DELIVERING": "out_for_delivery",
    "GTMS_STA_SIGNED": "available_for_pickup",
    "GTMS_WAIT_SELF_PICK": "available_for_pickup",
    "GTMS_STA_SIGN_FAILURE": "delivery_failed",
    "GTMS_SIGNED": "delivered",
}

CAINIAO = JsonFormat(
    party="cainiao",
    parcels=("module[]",),
    waybill="mailNo",
    readings=(Reading(events="detailList[]", code="actionCode", instant=epoch("time", per_second=1000)),),
    statuses=ACTIONS,
)
