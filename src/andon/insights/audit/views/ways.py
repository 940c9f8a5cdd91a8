"""Every lifecycle goes by its table of moves; flags, deadlines and instants are those of the state. Source: MODE-2..6."""

from collections.abc import Mapping
from typing import Any

from andon.insights.audit.rules import Check
from andon.insights.audit.views.clocks import CLOCKED
from andon.kernel.lifecycle import Lifecycle, State
from andon.membership.enrolment.rules import ENROLMENT
from andon.membership.exits.rules import EXIT, ExitState
from andon.membership.moves.rules import MOVE, MoveState
from andon.money.charges.rules import CHARGE, ChargeState
from andon.orders.order.rules import FULFILMENT, Flag, FulfilmentState
from andon.partners.bindings.rules import BINDING
from andon.partners.suppliers.rules import SUPPLIER

_S = FulfilmentState
_UNSHIPPED = tuple(state for state in _S if state < _S.SHIPPED)

CHARGE_EVENTS: Mapping[State, str] = {ChargeState.PROVISIONAL: "accrued", ChargeState.DUE: "fixed"}
"""A charge's states whose event has another name."""
EXIT_EVENTS: Mapping[State, str] = {ExitState.DRAINING: "started", ExitState.VERIFYING: "switched_off"}
"""The same of an exit."""
MOVE_EVENTS: Mapping[State, str] = {MoveState.RUNNING: "started"}
"""The same of a move."""

STANDS: Mapping[Flag, tuple[FulfilmentState, ...]] = {
    Flag.UNPUSHED: (_S.RESERVED,),
    Flag.LATE_ANSWER: (_S.PUSHED, _S.ACCEPTED, _S.PICKED, _S.LABELLED),
    Flag.STUCK: (_S.PUSHED, _S.ACCEPTED, _S.PICKED, _S.LABELLED),
    Flag.STALE: (_S.SHIPPED,),
    Flag.HELD: _UNSHIPPED,
    Flag.SHORT: _UNSHIPPED,
    Flag.PAPERS_MISSING: tuple(state for state in _UNSHIPPED if state is not _S.WAITING),
}
"""The states in which each flag of time and stock may be set at all."""

_MISPLACED = " or ".join(
    f"(flags & {flag.value} <> 0 and state not in ({', '.join(str(state.value) for state in states)}))"
    for flag, states in STANDS.items()
)
_BITS = ", ".join(
    f"({flag.value}, '{(flag.name or '').lower()}')" for flag in Flag if flag is not Flag.NO_MEASURE
)


def lawful(
    lifecycle: Lifecycle[Any],
    table: str,
    key: str,
    words: Mapping[State, str] | None = None,
    shop: str = "shop_id",
) -> str:
    """What breaks a lifecycle: an event that no move of the table leads to, or a last one that is not the row's state.

    The events of one thing are taken in the order in which they were recorded, under its lock.
    """
    named = {state: (words or {}).get(state, state.word) for state in lifecycle.states}
    listed = ", ".join(f"('{lifecycle.name}.{word}', {state.value})" for state, word in named.items())
    moves = [(0, state) for state in lifecycle.start]
    moves += [(source, target) for source, targets in lifecycle.moves.items() for target in targets]
    allowed = ", ".join(f"({source}, {target.value})" for source, target in sorted(moves))
    start = len(lifecycle.name) + 2
    return f"""
        with told as (
          select e.shop_id, cast(substr(e.subject, {start}) as bigint) as number, w.state, e.event_id
          from events e join (values {listed}) as w(kind, state) on w.kind = e.kind
        ),
        way as (
          select t.*, lag(state, 1, 0) over one as came_from, lead(state) over one as went_to from told t
          window one as (partition by shop_id, number order by event_id)
        )
        select shop_id, number as {key}, '{lifecycle.name}:' || number as subject, w.came_from, w.state
        from way w left join (values {allowed}) as m(came_from, state)
          on m.came_from = w.came_from and m.state = w.state
        where m.state is null
        union all
        select coalesce(w.shop_id, r.shop), coalesce(w.number, r.number), '{lifecycle.name}:'
               || coalesce(w.number, r.number), w.state, r.state
        from (select * from way where went_to is null) w
        full join (select {shop} as shop, {key} as number, state from {table}) r
          on r.shop = w.shop_id and r.number = w.number
        where r.state is distinct from w.state
        """


def _moves(lifecycle: Lifecycle[Any], chinese: str, sql: str) -> Check:
    return Check(
        f"{lifecycle.name}_moves",
        {
            "en": f"Every {lifecycle.name} has moved by its lifecycle's table alone, to the state that it is in",
            "zh-CN": f"{chinese}只按其生命周期表变更状态，且当前状态与最后一次变更一致",
        },
        sql,
    )


WAYS = (
    _moves(FULFILMENT, "履约单", lawful(FULFILMENT, "fulfilments", "fulfilment_id")),
    _moves(CHARGE, "费用", lawful(CHARGE, "charges", "charge_id", CHARGE_EVENTS)),
    _moves(SUPPLIER, "供应商", lawful(SUPPLIER, "suppliers", "supplier_id", shop="cast(0 as bigint)")),
    _moves(BINDING, "绑定", lawful(BINDING, "bindings", "binding_id")),
    _moves(ENROLMENT, "JIT开通", lawful(ENROLMENT, "enrolments", "number")),
    _moves(EXIT, "退出", lawful(EXIT, "exits", "exit_id", EXIT_EVENTS)),
    _moves(MOVE, "双轨过渡", lawful(MOVE, "moves", "move_id", MOVE_EVENTS)),
    Check(
        "flags_in_place",
        {"en": "A flag stands only in a state that it can hold of", "zh-CN": "标记只出现在其可成立的状态"},
        # Who has accepted is late with nothing but its answer to a cancellation.
        f"""
        select shop_id, order_id, fulfilment_id, state, flags from fulfilments where {_MISPLACED}
           or (flags & 4 <> 0 and state > 20 and (cancel_requested_at is null or cancel_answered_at is not null))
        """,
    ),
    Check(
        "flags_told",
        {"en": "Every flag was set by an event", "zh-CN": "每个标记都有对应事件"},
        # What waits because units were missing is short from its start; a label says itself that it has no measure.
        f"""
        select f.shop_id, f.order_id, f.fulfilment_id, f.state, b.flag
        from (select * from fulfilments where flags <> 0) f
        join (values {_BITS}) as b(bit, flag) on f.flags & b.bit <> 0
        left join (select shop_id, subject, cast(body as json) ->> 'flag' as flag from events
                   where kind = 'fulfilment.flagged'
                   union all select shop_id, subject, 'short' from events where kind = 'fulfilment.waiting') e
          on e.shop_id = f.shop_id and e.subject = 'fulfilment:' || f.fulfilment_id and e.flag = b.flag
        where e.flag is null
        """,
    ),
    Check(
        "deadlines_in_line",
        {
            "en": "What a fulfilment waits for stands in the line at its policy's instant, or has been flagged",
            "zh-CN": "履约单的每个期限都按其规则版本排在队列中，或已被标记",
        },
        # Of suppliers whose clocks do not run all the time `clocks_ran` looks at what comes after the push.
        f"""
        with figure as materialized (
          select * from json_to_recordset(cast(cast(:policies as text) as json))
            as p(version text, unpushed_after float8, answer_within float8, stuck_after float8, complete_after float8,
                 cancel_answer_within float8)
        ),{CLOCKED},
        wanted as (
          select f.shop_id, f.order_id, f.fulfilment_id, f.state, f.flags, f.due_at, f.stuck_at, f.stale_at,
            f.cancel_due_at,
            case when f.state between 30 and 50 and f.cancel_answered_at is null
                 then f.cancel_requested_at + make_interval(secs => p.cancel_answer_within) end as cancel_due,
            case when f.state = 10 and f.supplier_id is not null
                 then f.reserved_at + make_interval(secs => p.unpushed_after) + coalesce(s.stood, interval '0')
                 when f.state = 20 and a.supplier_id is not null then f.due_at
                 when f.state = 20
                 then f.pushed_at + make_interval(secs => p.answer_within) + coalesce(s.stood, interval '0')
                 when f.state = 80 then f.delivered_at + make_interval(secs => p.complete_after) end as due,
            case f.state when 10 then 8 when 20 then 4 else 0 end as said,
            case when f.state between 20 and 50 and a.supplier_id is not null then f.stuck_at
                 when f.state between 20 and 50 and f.supplier_id is not null
                 then f.pushed_at + make_interval(secs => p.stuck_after) + coalesce(s.stood, interval '0') end as stuck,
            f.held_at
          from fulfilments f left join figure p on p.version = f.policy
          left join (select supplier_id from clocked union select supplier_id from recounting) a
            on a.supplier_id = f.supplier_id
          left join lateral (
            select sum(h.released_at - greatest(h.at, coalesce(f.pushed_at, f.reserved_at))) as stood from holds h
            where h.shop_id = f.shop_id and h.order_id = f.order_id
              and h.released_at > coalesce(f.pushed_at, f.reserved_at)
          ) s on f.state < 60
        )
        select shop_id, order_id, fulfilment_id, state, flags, due_at, due, stuck_at, stuck, stale_at,
               cancel_due_at, cancel_due
        from wanted
        where held_at is null and ((due_at is distinct from due and not (due_at is null and flags & said <> 0))
           or (stuck_at is distinct from stuck and not (stuck_at is null and flags & 1 <> 0))
           or (cancel_due_at is distinct from cancel_due and not (cancel_due_at is null and flags & 4 <> 0))
           or (state <> 60 and stale_at is not null)
           or (state = 60 and stale_at is null and flags & 2 = 0))
        """,
    ),
    Check(
        "stamps_stand",
        {
            "en": "A fulfilment has the instants of the states it passed, and says why it ended unshipped",
            "zh-CN": "履约单记有其经过的各状态的时间，未发货即完结的写明原因",
        },
        """
        select shop_id, order_id, fulfilment_id, mode, state, reason from fulfilments
        where (state < 60 and shipped_at is not null)
           or (state < 80 and (ended_at is not null or delivered_at is not null))
           or (state >= 80 and ended_at is null)
           or (state in (80, 81)) <> (delivered_at is not null) or delivered_at <> ended_at
           or delivered_at < shipped_at
           or (state = 81) <> (completed_at is not null)
           or (state in (60, 80, 81, 92, 93) and (shipped_at is null or labelled_at is null or picked_at is null))
           or (state in (90, 91) and (reason is null or shipped_at is not null))
           or (state not in (90, 91) and reason is not null)
           or (supplier_id is not null and state between 20 and 81 and pushed_at is null)
           or (supplier_id is not null and state between 30 and 81 and accepted_at is null)
           or (supplier_id is null and (pushed_at is not null or accepted_at is not null))
        """,
    ),
    Check(
        "chains_sound",
        {
            "en": "What is replaced was closed, its successors cover its lines once, and no supplier comes twice",
            "zh-CN": "被替代的履约单均已关闭，其后继恰好覆盖其各行，且同一供应商不重复出现",
        },
        # One that waited may be given anew to a supplier that only lacked units: there a chain begins anew.
        """
        with recursive heir as materialized (
          select shop_id, order_id, fulfilment_id, replaces, supplier_id from fulfilments where replaces is not null
        ),
        closed as (
          select f.shop_id, f.order_id, f.fulfilment_id, l.line_no, l.quantity from fulfilments f
          join fulfilment_lines l on l.shop_id = f.shop_id and l.fulfilment_id = f.fulfilment_id
          where f.state = 90
        ),
        carried as (
          select h.shop_id, h.replaces as fulfilment_id, l.line_no, cast(sum(l.quantity) as bigint) as quantity
          from heir h join fulfilment_lines l on l.shop_id = h.shop_id and l.fulfilment_id = h.fulfilment_id
          group by h.shop_id, h.replaces, l.line_no
        ),
        chain as (
          select shop_id, order_id, fulfilment_id, supplier_id, replaces from heir where supplier_id is not null
          union all
          select c.shop_id, c.order_id, c.fulfilment_id, c.supplier_id, h.replaces
          from chain c join heir h on h.shop_id = c.shop_id and h.fulfilment_id = c.replaces
          where h.supplier_id is not null
        )
        select shop_id, order_id, fulfilment_id, 'its successors do not cover it' as why
        from closed c left join carried d using (shop_id, fulfilment_id, line_no)
        where d.quantity is distinct from c.quantity
        union all
        select h.shop_id, h.order_id, h.fulfilment_id, 'it replaces what was not closed before'
        from heir h left join fulfilments f on f.shop_id = h.shop_id and f.fulfilment_id = h.replaces
        where f.order_id is distinct from h.order_id or f.state <> 90 or h.replaces >= h.fulfilment_id
        union all
        select c.shop_id, c.order_id, c.fulfilment_id, 'its supplier had it before'
        from chain c join fulfilments f on f.shop_id = c.shop_id and f.fulfilment_id = c.replaces
        where f.supplier_id = c.supplier_id
        """,
    ),
)
