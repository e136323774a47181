"""The editors' page: each draft with exactly what will be posted, to approve, change or reject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.flows.decide_drafts import Decided, approve, reject, rewrite
from bot.messages import text_of
from bot.web.actions import back, note
from bot.web.page import Page, Reader, write_time
from bot.web.site import Site
from bot.web.tables import Column, Table

#: How far back decisions are shown.
_MONTH = timedelta(days=30)
#: The longest new text and reason.
_LONGEST_TEXT, _LONGEST_WHY = 20_000, 500
_BY = "the dashboard"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownDraft:
    """A draft as the page shows it."""

    id: str
    version: int
    community: str
    campaign: str
    text: str
    #: The page of the card below it, and its title; "" for none.
    card: str
    #: Until when it can be decided on, written for people.
    expires: str


async def build_approvals(reader: Reader) -> Page:
    """What waits for an editor, and what became of the rest."""
    site, say = reader.site, reader.say
    async with site.store.read(site.brand.id) as work:
        waiting = await work.drafts.waiting()
        decided = await work.drafts.decided_since(reader.now - _MONTH)
        shares = {share.id: share for share in await work.shares.waiting()}
    drafts = tuple(
        ShownDraft(
            id=draft.share_id,
            version=draft.version,
            community=shares[draft.share_id].community,
            campaign=shares[draft.share_id].campaign,
            text=text_of(draft.body.spans),
            card="" if draft.body.card is None else f"{draft.body.card.title} ({draft.body.card.url})",
            expires=write_time(draft.expires_at, site.zone, reader.language),
        )
        for draft in waiting
        if draft.share_id in shares
    )
    rows: tuple[tuple[datetime | None, str, int, str, str], ...] = tuple(
        (draft.decided_at, draft.state, draft.version, draft.reason, text_of(draft.body.spans)) for draft in decided
    )
    return Page(
        title=say("Approvals"),
        intro=say(
            "Drafts are posted exactly as they stand here, once you approve them and the community welcomes them."
        ),
        tables=(
            Table(
                name="decided",
                title=say("Decided"),
                columns=(
                    Column(key="decided_at", label=say("Time"), kind="time"),
                    Column(key="state", label=say("State"), kind="state"),
                    Column(key="version", label=say("Version"), kind="number"),
                    Column(key="reason", label=say("Why")),
                    Column(key="text", label=say("Text")),
                ),
                rows=rows,
                empty=say("Nothing has been decided yet."),
            ),
        ),
        template="approvals.html",
        more={"drafts": drafts},
    )


async def decide(request: Request, form: FormData) -> Response:
    """Approve, change or reject one version of a draft; an older one than the newest is refused with the reason."""
    site: Site = request.app.state.site
    share_id, act = str(form.get("id", "")), str(form.get("act", ""))
    text, why = str(form.get("text", "")), str(form.get("why", ""))[:_LONGEST_WHY].strip()
    given = str(form.get("version", ""))
    if act not in ("approve", "edit", "reject") or not (given.isascii() and given.isdecimal()):
        return PlainTextResponse("there is no such decision\n", status_code=404)
    version, now, brand = int(given), site.clock.now(), site.brand
    async with site.store.work(brand.id) as work:
        if act == "approve":
            decided: Decided = await approve(share_id, version, by=_BY, brand=brand, work=work, now=now)
        elif act == "reject":
            decided = await reject(share_id, version, by=_BY, why=why, brand=brand, work=work, now=now)
        else:
            limits = {name: platform.limits for name, platform in site.platforms.items()}
            decided = await rewrite(
                share_id,
                version,
                text[:_LONGEST_TEXT].replace("\r\n", "\n"),
                by=_BY,
                brand=brand,
                limits=limits,
                work=work,
                now=now,
            )
        if not decided.ok:
            return PlainTextResponse(f"{decided.reason}\n", status_code=409)
        await work.commit()
    note(request, act, share=share_id, version=version)
    site.wake("plan")
    site.wake("send")
    return back(form, "/approvals")
