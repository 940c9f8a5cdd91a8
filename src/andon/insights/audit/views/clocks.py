"""Deadlines by calendars and exemptions: the time in which a clock ran up to its deadline is the policy's. Source: MODE-3, MODE-4."""

from andon.insights.audit.rules import Check

CLOCKED = """
        exempt as materialized (
          select s.supplier_id, range_agg(tstzrange(x.since, x.until)) as times
          from suppliers s join exemptions x on x.until > x.since
            and (s.supplier_id = any(x.suppliers) or x.region in (s.place, split_part(s.place, '-', 1)))
          group by s.supplier_id
        ),
        clocked as materialized (
          select supplier_id from calendars union select supplier_id from exempt
        ),
        recounting as materialized (select supplier_id from recounts)"""
"""Suppliers whose clocks do not run all the time, and those whose deadlines are about to be counted anew."""

CLOCKS = (
    Check(
        "clocks_ran",
        {
            "en": "Up to its deadline a supplier's clock ran for as long as the policy gives, outside days off, exempted times and holds",
            "zh-CN": "扣除休息日、豁免时段与暂缓后，至期限为止的计时恰为规则规定的时长",
        },
        # The other way round than the product works: it adds, this measures.
        f"""
        with figure as materialized (
          select * from json_to_recordset(cast(cast(:policies as text) as json))
            as p(version text, answer_within float8, stuck_after float8)
        ),
        holiday as materialized (
          select * from json_to_recordset(cast(cast(:holidays as text) as json)) as h(country text, day date, works boolean)
        ),{CLOCKED},
        part as materialized (
          select f.shop_id, f.order_id, f.fulfilment_id, f.supplier_id, f.state, f.flags, f.pushed_at, d.station, d.at,
                 d.bit, make_interval(secs => d.given) as given
          from fulfilments f join clocked using (supplier_id) join figure p on p.version = f.policy
          cross join lateral (values
            ('answer', f.due_at, 4, p.answer_within, f.state = 20), ('stuck', f.stuck_at, 1, p.stuck_after, true)
          ) as d(station, at, bit, given, runs)
          where f.state between 20 and 50 and f.supplier_id is not null and f.held_at is null and d.runs
            and f.supplier_id not in (select supplier_id from recounting)
        ),
        spell as (
          select c.supplier_id, c.zone, c.week, c.days, c.public_holidays, cast(s.day as date) as day
          from calendars c
          join (select supplier_id, min(pushed_at) as since, max(at) as until from part group by supplier_id) p
            using (supplier_id)
          cross join lateral generate_series(date_trunc('day', p.since at time zone c.zone),
            coalesce(p.until, p.since) at time zone c.zone + interval '1 day', interval '1 day') as s(day)
        ),
        worked as (
          select s.supplier_id, s.zone, s.day,
            case when o.own is not null then nullif(o.own -> 1, 'null')
                 when h.works then coalesce(s.week -> w.number, s.week -> (select min(k) from jsonb_object_keys(s.week) k))
                 when h.works is null then s.week -> w.number end as hours
          from spell s
          cross join lateral (select cast(extract(isodow from s.day) - 1 as text) as number) w
          left join holiday h on h.country = s.public_holidays and h.day = s.day
          left join lateral (select own from jsonb_array_elements(s.days) own where own ->> 0 = cast(s.day as text)) o on true
        ),
        working as materialized (
          select supplier_id, tstzrange(cast(day as timestamp) at time zone zone,
                   cast(day + 1 as timestamp) at time zone zone) as whole,
                 (day + cast(hours ->> 0 as time)) at time zone zone as opens,
                 (day + cast(hours ->> 1 as time)) at time zone zone as cut_off
          from worked where hours is not null
        ),
        week as materialized (select supplier_id, range_agg(whole) as times from working group by supplier_id),
        start as (
          select p.shop_id, p.fulfilment_id, p.station, min(greatest(p.pushed_at, w.opens)) as at
          from part p join working w on w.supplier_id = p.supplier_id and w.cut_off > p.pushed_at group by 1, 2, 3
        ),
        stood as (
          select shop_id, order_id, range_agg(tstzrange(at, released_at)) as times from holds
          where released_at > at group by shop_id, order_id
        ),
        ran as (
          select p.*, case when c.supplier_id is null then '{{(,)}}' else coalesce(k.times, '{{}}') end
                 * tstzmultirange(tstzrange(coalesce(s.at, p.pushed_at),
                   greatest(p.at, coalesce(s.at, p.pushed_at))))
                 - coalesce(x.times, '{{}}') - coalesce(h.times, '{{}}') as times
          from part p left join calendars c using (supplier_id) left join week k using (supplier_id)
          left join exempt x using (supplier_id)
          left join start s using (shop_id, fulfilment_id, station)
          left join stood h on h.shop_id = p.shop_id and h.order_id = p.order_id
        )
        select r.shop_id, r.order_id, r.fulfilment_id, r.station, r.state, r.flags, r.pushed_at, r.at, r.given, u.ran
        from ran r left join lateral (select sum(upper(t) - lower(t)) as ran from unnest(r.times) t) u on true
        where (r.at is null and r.flags & r.bit = 0)
           or (r.at is not null and (u.ran is distinct from r.given or upper(r.times) is distinct from r.at))
        """,
    ),
)
