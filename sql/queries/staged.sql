-- What a staged load states: each measure, and whether in a list of every organisation, and whether otherwise.
SELECT measure, max(whole), max(NOT whole)
FROM observation
WHERE load_id = {load:UInt64}
GROUP BY measure
ORDER BY measure
