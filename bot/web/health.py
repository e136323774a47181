"""What machines ask: is the process alive, is each part ready, and how much has been done.

A platform that is down makes the service degraded, not dead: restarting it would help nobody. Without the store
nothing works, and that alone is a failure (503).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.brand import FeedSource
from bot.errors import StoreFault
from bot.ports.records import SendState
from bot.web.site import Site

#: How long the store may take to answer before it counts as away, in seconds.
STORE_ANSWERS_WITHIN = 3.0

log = structlog.get_logger()


async def show_alive(_request: Request) -> Response:
    """Answer that this process runs its loop."""
    return PlainTextResponse("alive\n")


async def show_ready(request: Request) -> Response:
    """Answer how each part is. Reasons are for those who are in."""
    site: Site = request.app.state.site
    parts = await look_at_parts(site)
    if not request.state.is_in:
        parts = {name: {key: value for key, value in part.items() if key != "reason"} for name, part in parts.items()}
    store_is_up = parts["store"]["state"] == "running"
    well = {"running", "starting", "left", "certain"}
    all_well = all(part["state"] in well for part in parts.values())
    status = "down" if not store_is_up else "ok" if all_well else "degraded"
    return JSONResponse({"status": status, "parts": parts}, status_code=200 if store_is_up else 503)


async def look_at_parts(site: Site) -> dict[str, dict[str, Any]]:
    """Return state and reason of the store, every platform, every feed and the outbox."""
    parts: dict[str, dict[str, Any]] = {"store": {"state": "running", "reason": ""}}
    if site.vitals.config_fault is not None:
        parts["configuration"] = {"state": "not reloaded", "reason": site.vitals.config_fault}
    for name in site.platforms:
        health = site.vitals.platform(name)
        parts[f"platform {name}"] = {"state": health.state, "reason": health.reason}
    try:
        async with asyncio.timeout(STORE_ANSWERS_WITHIN), site.store.read(site.brand.id) as work:
            for source in site.brand.sources.values():
                if isinstance(source, FeedSource):
                    state = await work.feeds.state(source.key)
                    failing = state is not None and (state.failures > 0 or state.gone)
                    parts[f"feed {source.key}"] = {
                        "state": "failing" if failing else "running" if state else "starting",
                        "reason": (state.last_error or "") if state and failing else "",
                    }
            unknown = (await work.outbox.count_unsettled()).get("unknown", 0)
            parts["outbox"] = {"state": "uncertain" if unknown else "certain", "unknown": unknown}
    except (StoreFault, TimeoutError) as fault:
        log.warning("the store does not answer", reason=str(fault))
        parts["store"] = {"state": "away", "reason": str(fault) or "no answer in time"}
    return parts


async def show_metrics(request: Request) -> Response:
    """Answer what was counted, in Prometheus' text format."""
    site: Site = request.app.state.site
    try:
        async with asyncio.timeout(STORE_ANSWERS_WITHIN), site.store.read(site.brand.id) as work:
            depth = dict(await work.outbox.count_unsettled())
    except (StoreFault, TimeoutError):
        depth = None
    return Response(generate_latest(_Counted(site, depth)), media_type=CONTENT_TYPE_LATEST)


class _Counted(Collector):
    """What Prometheus is given. Labels are names from the configuration and words of the code, never of a member."""

    def __init__(self, site: Site, depth: dict[SendState, int] | None) -> None:
        self._site = site
        self._depth = depth

    def collect(self) -> Iterable[Metric]:
        """Yield every family, with all its children seen so far."""
        vitals = self._site.vitals
        events = CounterMetricFamily("konektor_events_received", "Events committed.", labels=("platform", "kind"))
        for (platform, kind), count in sorted(vitals.events.items()):
            events.add_metric((platform, kind), count)
        yield events
        questions = CounterMetricFamily("konektor_questions", "Questions settled, by how.", labels=("outcome",))
        for outcome, count in sorted(vitals.questions.items()):
            questions.add_metric((outcome,), count)
        yield questions
        ratings = CounterMetricFamily("konektor_ratings", "Answers rated by members, by how.", labels=("rating",))
        for rating, count in sorted(vitals.ratings.items()):
            ratings.add_metric((rating,), count)
        yield ratings
        sends = CounterMetricFamily("konektor_sends", "Sends, by what came of them.", labels=("platform", "result"))
        for (platform, result), count in sorted(vitals.sends.items()):
            sends.add_metric((platform, result), count)
        yield sends
        reads = CounterMetricFamily("konektor_feed_reads", "Readings of feeds.", labels=("source", "result"))
        for (source, result), count in sorted(vitals.feed_reads.items()):
            reads.add_metric((source, result), count)
        yield reads
        up = GaugeMetricFamily("konektor_platform_up", "1 while a platform runs.", labels=("platform",))
        for name in self._site.platforms:
            up.add_metric((name,), float(vitals.platform(name).state == "running"))
        yield up
        taken_up = float(vitals.config_fault is None)
        yield GaugeMetricFamily("konektor_config_reloaded", "0 while a changed file does not hold.", value=taken_up)
        yield GaugeMetricFamily("konektor_store_up", "1 while the store answers.", value=float(self._depth is not None))
        if self._depth is not None:
            queue = GaugeMetricFamily("konektor_outbox_messages", "Messages not settled.", labels=("state",))
            for state in ("pending", "sending", "retry", "held", "failed", "unknown"):
                queue.add_metric((state,), self._depth.get(state, 0))
            yield queue
