-- What each organisation of a place had of some components in each period: their sum, null where none was reported.
WITH visible AS
    (
        SELECT load_id FROM load WHERE at <= {at:DateTime64(6, 'UTC')} AND load_id <= {bound:UInt64}
        GROUP BY load_id HAVING argMax(state, at) = 'published'
    ),
    place AS
    (
        SELECT organisation, footprint, valid_from, valid_to
        FROM membership
        WHERE load_id = (SELECT max(load_id) FROM membership WHERE load_id IN (visible))
    ),
    newest AS -- the newest load that lists every organisation; what an older such load says is superseded
    (
        SELECT measure, period, max((rank, load_id)) AS mark
        FROM
        (
            SELECT measure, period, load_id, any(rank) AS rank
            FROM observation
            WHERE load_id IN (visible) AND whole AND measure IN {component:Array(String)}
            GROUP BY measure, period, load_id
            HAVING countIf(status = 'rejected') = 0
        )
        GROUP BY measure, period
    ),
    cell AS
    (
        SELECT o.organisation AS organisation, o.measure AS measure, o.period AS period, o.item AS item,
               argMax((if({denominators:Bool}, denominator, numerator), codes_on), (status != 'rejected', rank, o.load_id)) AS c
        FROM observation AS o
        LEFT JOIN newest ON newest.measure = o.measure AND newest.period = o.period
        WHERE o.load_id IN (visible) AND o.measure IN {component:Array(String)}
          AND (NOT whole OR (rank, o.load_id) >= newest.mark)
          AND (status != 'rejected' OR newest.mark.2 = 0)
        GROUP BY organisation, measure, period, item
    ),
    summed AS
    (
        SELECT organisation, period, sum(c.1) AS amount, any(c.2) AS codes_on
        FROM cell
        GROUP BY organisation, period
    )
SELECT if(place.footprint != '', place.footprint, 'UNALLOCATED') AS footprint, summed.organisation AS organisation, summed.period AS period, summed.amount
FROM summed
LEFT JOIN place ON place.organisation = summed.organisation AND place.valid_from <= summed.codes_on AND summed.codes_on < place.valid_to
ORDER BY footprint, organisation, period
