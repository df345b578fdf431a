"""How long slots were held, by whom."""

from __future__ import annotations

from starlette.responses import Response

from determined.common.api.wire import paths
from determined.common.api.wire.cluster import (
    ResourceAllocationAggregatedQuery,
    ResourceAllocationAggregatedResponse,
    ResourceAllocationRawQuery,
    ResourceAllocationRawResponse,
)
from determined.common.api.wire.enums import ResourceAllocationAggregationPeriod as Period

from ..serialize.usage import allocations_table, sums_message, sums_table, usage_message, usage_table
from ..services import usage
from .plain_registry import PlainCall, answers
from .registry import Call, handles


@handles(paths.RESOURCE_ALLOCATION_RAW)
async def get_usage(call: Call[ResourceAllocationRawQuery]) -> ResourceAllocationRawResponse:
    request = call.request
    found = await call.db.read(usage.list_usage, request.get("timestampAfter"), request.get("timestampBefore"))
    return {"resourceEntries": [usage_message(entry) for entry in found]}


@handles(paths.RESOURCE_ALLOCATION_AGGREGATED)
async def get_sums(call: Call[ResourceAllocationAggregatedQuery]) -> ResourceAllocationAggregatedResponse:
    request = call.request
    period = request.get("period", Period.UNSPECIFIED)
    found = await call.db.read(usage.aggregate, request.get("startDate", ""), request.get("endDate", ""), period)
    return {"resourceEntries": [sums_message(sums, period) for sums in found]}


@answers("GET", "/resources/allocation/raw")
async def get_usage_table(call: PlainCall) -> Response:
    query = call.request.query_params
    found = await call.db.read(usage.list_usage, query.get("timestamp_after"), query.get("timestamp_before"))
    return _csv(usage_table(found))


@answers("GET", "/resources/allocation/allocations-csv")
async def get_allocations_table(call: PlainCall) -> Response:
    query = call.request.query_params
    found = await call.db.read(usage.list_usage, query.get("timestamp_after"), query.get("timestamp_before"))
    return _csv(allocations_table(found))


@answers("GET", "/resources/allocation/aggregated")
async def get_sums_table(call: PlainCall) -> Response:
    query = call.request.query_params
    name = query.get("period", "")
    period = Period(name) if name in Period.__members__.values() else Period.UNSPECIFIED
    found = await call.db.read(usage.aggregate, query.get("start_date", ""), query.get("end_date", ""), period)
    return _csv(sums_table(found))


def _csv(text: str) -> Response:
    return Response(text, media_type="text/csv")
