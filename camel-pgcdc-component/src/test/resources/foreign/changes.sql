-- What applications do with these tables, a line each. ForeignWorkload puts a number from 1 to 200 for $n and $m, one that
-- was never used for $new, some text for $text and a large one for $big. A line may fail: then it is rolled back.
-- Lines with ! are done once each, in a transaction of their own: they change the shape of the database.

UPDATE pgbench_accounts SET abalance = abalance + $n WHERE aid = $m * 50; UPDATE pgbench_tellers SET tbalance = tbalance + $n WHERE tid = 1 + $m % 10; UPDATE pgbench_branches SET bbalance = bbalance + $n WHERE bid = 1; INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1 + $m % 10, 1, $m * 50, $n, CURRENT_TIMESTAMP)
UPDATE pgbench_accounts SET abalance = abalance - $n WHERE aid = $m; UPDATE pgbench_tellers SET tbalance = tbalance - $n WHERE tid = 1 + $m % 10; UPDATE pgbench_branches SET bbalance = bbalance - $n WHERE bid = 1; INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1 + $m % 10, 1, $m, -$n, CURRENT_TIMESTAMP)
DELETE FROM pgbench_accounts WHERE aid BETWEEN $n * 50 + 10 AND $n * 50 + 12

INSERT INTO basics.ship VALUES ($text, $n, $m / 3.0)
TRUNCATE basics.ship
INSERT INTO basics.harbour (code, name) VALUES (chr(65 + $n % 26) || ($m % 100), 'new')
UPDATE basics.harbour SET code = chr(65 + $n % 26) || ($m % 100) WHERE code = 'H' || lpad(($m % 41)::text, 2, '0')
UPDATE basics.harbour SET depth = $n, opened = NULL WHERE code LIKE '%$m%'
DELETE FROM basics.harbour WHERE code = 'H' || lpad(($n % 41)::text, 2, '0')
INSERT INTO basics.ticket (holder, sold) VALUES ($text, now() + interval '$n days')
UPDATE basics.ticket SET price = $n / 7.0 WHERE id % 20 = $m % 20
DELETE FROM basics.ticket WHERE id = $n
INSERT INTO basics.coupon (percent) VALUES ($n)
UPDATE basics.counter SET hits = hits + 1 WHERE id % 10 = $n % 10
INSERT INTO basics.counter (hits) VALUES ($n)
TRUNCATE basics.counter RESTART IDENTITY
INSERT INTO basics.crate (id, width, label) VALUES ($new, $n, $text)
UPDATE basics.crate SET width = width + 1 WHERE id % 7 = $n % 7
UPDATE basics.crate SET id = $new WHERE id = $n
INSERT INTO basics.sailor (first, last) VALUES ($text, 'last' || $n % 7)
UPDATE basics.sailor SET last = last || '-' || $n WHERE first = 'first' || $m
DELETE FROM basics.sailor WHERE last = 'last' || $n % 7 AND first = 'first' || $m
INSERT INTO basics.nothing DEFAULT VALUES
TRUNCATE basics.nothing
UPDATE basics.harbour_copy SET name = $text, code = 'Z' || $n % 100 WHERE code = 'H' || lpad(($m % 41)::text, 2, '0')
UPDATE basics.fleet SET tonnage = tonnage / 3 WHERE number BETWEEN $n AND $n + 20
DELETE FROM basics.fleet WHERE number = $n
INSERT INTO basics.fleet SELECT $new, $text, i FROM generate_series(1, 1) i
UPDATE basics.scratch SET note = $text
INSERT INTO basics.altered (id, "B", c) VALUES ($new, $text, $n)
UPDATE basics.altered SET d = NULL WHERE id = $n

INSERT INTO "constraints".cargo (id, weight, tare) VALUES ($new, $n, $m)
UPDATE "constraints".cargo SET weight = weight * 1.10, tare = tare * 1.10 WHERE id % 5 = $n % 5
INSERT INTO "constraints".flag VALUES ($text, 'blue', $new)
UPDATE "constraints".flag SET colour = 'green' || $n WHERE number = $m
DELETE FROM "constraints".flag WHERE number = $n
INSERT INTO "constraints".pier VALUES ($new, $text)
UPDATE "constraints".pier SET id = $new, name = NULL WHERE id = $n
UPDATE "constraints".pier SET name = $text WHERE id % 10 = $n % 10
DELETE FROM "constraints".pier WHERE id = $n
INSERT INTO "constraints".berth SELECT code, $n, $m FROM basics.harbour WHERE code LIKE 'H%$m%'
UPDATE "constraints".berth SET number = number + 100 WHERE number = $n % 5
DELETE FROM "constraints".berth WHERE harbour = 'H' || lpad(($n % 41)::text, 2, '0') AND number = $m % 5
UPDATE "constraints".mooring SET rope = $text WHERE id = $n
INSERT INTO "constraints".owner VALUES ($new, $text)
UPDATE "constraints".owner SET id = $new WHERE id = 1 + $n % 59
DELETE FROM "constraints".owner WHERE id = 1 + $n % 59
INSERT INTO "constraints".boat VALUES ($new, $n % 60, $text)
DELETE FROM "constraints".boat WHERE id = $n
INSERT INTO "constraints".logbook VALUES ($new, $n, $text); INSERT INTO "constraints".page SELECT max(id), $m, 'line' FROM "constraints".logbook
UPDATE "constraints".page SET line = $text WHERE logbook = $n
TRUNCATE "constraints".logbook CASCADE
TRUNCATE "constraints".boat CASCADE
INSERT INTO "constraints".crew VALUES ($new, $n, $text)
DELETE FROM "constraints".crew WHERE id = 20 + $n
INSERT INTO "constraints".left_hand VALUES ($new, $new); INSERT INTO "constraints".right_hand VALUES ($new, $new)
UPDATE "constraints".right_hand SET other = NULL WHERE id % 3 = $n % 3
INSERT INTO "constraints".buoy VALUES ($new, circle(point($n, $m), 2))
UPDATE "constraints".buoy SET place = circle(point($n * 10, $m), 2) WHERE id = $n
UPDATE "constraints".lane SET position = 51 - position

INSERT INTO types.number VALUES ($new, $n, $m, $n * 100000000::bigint, $n / 7.0, $n / 7.0, $n / 7.0, $n / 7.0, $m)
UPDATE types.number SET n = 1 / n, d = -d, m = m * 2 WHERE id % 6 = $n % 6
UPDATE types.number SET n = 'Infinity', p = NULL, r = 'NaN' WHERE id = $n
INSERT INTO types.text VALUES ($new, 'x', 'y', $text, $text, 'q', $text)
UPDATE types.text SET t = $text, c = upper(c), ci = upper(ci::text) WHERE id % 10 = $n % 10
UPDATE types.bytes SET id = decode(lpad(to_hex($new), 8, '0'), 'hex'), data = $text::bytea WHERE id = decode(lpad(to_hex($n), 4, '0'), 'hex')
UPDATE types.bytes SET b = ~b, v = v || B'1' WHERE id > decode(lpad(to_hex($n), 4, '0'), 'hex')
UPDATE types.time SET d = d + $n, ts = ts + interval '$m days', i = i * -2, tstz = now() WHERE id = $n
UPDATE types.time SET d = '-infinity', tz = '24:00+01' WHERE id = $n
UPDATE types.yes_no SET a = NOT a
UPDATE types.yes_no SET b = NOT b WHERE $n % 2 = 0
UPDATE types.weather SET wind = 'storm', winds = winds || NULL WHERE day = DATE '2024-01-01' + $n
DELETE FROM types.weather WHERE day = DATE '2024-01-01' + $m
UPDATE types.shape SET p = p + point(1, 1), b = b * point(2, 0), c = NULL, po = polygon(c) WHERE id = $n
UPDATE types.network SET id = id + 1000, m = trunc(m) WHERE id = ('10.0.0.' || $n)::inet
INSERT INTO types.document VALUES (md5('$new')::uuid, '<a/>', '{"z":1, "z" : 2}', '[1.10, "x"]', '$[*]')
UPDATE types.document SET jb = jb || jsonb_build_object('s', $n, 't', $text::text), j = '[ ]' WHERE id = md5('$m')::uuid
DELETE FROM types.document WHERE id = md5('$n')::uuid
UPDATE types.list SET pay[4] = $n, grid[1][2] = $text, nothing = NULL WHERE id = $m
UPDATE types.list SET pay = '[0:2]={1,NULL,3}', boxes = boxes || box '(9,9),(8,8)' WHERE id = $n
UPDATE types.voyage SET leg.weather = 'storm', legs = legs || leg WHERE id % 10 = $n % 10
UPDATE types.voyage SET spot = ROW($n, NULL, $text) WHERE id = $m
UPDATE types.period SET i = i * int4range($n, 300), d = 'empty', tz = tstzrange(now(), NULL) WHERE id % 10 = $m % 10
UPDATE types.periods SET i = i - int4multirange(int4range($n, $n + 5)) WHERE id > $m
INSERT INTO types.reservation SELECT tsrange(t, t + interval '1 h'), $n, $text FROM (SELECT timestamp '2025-01-01' + interval '$new hours' AS t) x
UPDATE types.reservation SET guest = $text WHERE berth = $n
DELETE FROM types.reservation WHERE berth = $m
UPDATE types.speed SET id = id / 2, top = NULL WHERE id = $n / 10.0
UPDATE types.speed SET seen = seen || 'LUB'::char(3) WHERE id > $n / 20.0
UPDATE types.object SET c = 'pg_type', l = l + $n, x = NULL WHERE id = $m
UPDATE types.extra SET h = h || hstore('at', $text), l = l || 'x' WHERE id % 9 = $n % 9
UPDATE types.whole_row SET harbour.name = 'renamed' WHERE id = $n

INSERT INTO inheritance.truck VALUES ($new, $text, $n, $m)
UPDATE inheritance.vehicle SET speed = speed + 1 WHERE id % 10 = $n % 10
DELETE FROM inheritance.vehicle WHERE id = $n
UPDATE inheritance.tanker SET litres = litres + $n, id = $new WHERE id = 100 + $m
UPDATE inheritance.vessel SET draught = draught + 1 WHERE id = $n % 10
DELETE FROM ONLY inheritance.vessel WHERE id = $n % 10 AND draught > 5
INSERT INTO inheritance.amphibious (id, name, draught, note) VALUES ($new, $text, $n, 'new')
TRUNCATE ONLY inheritance.vessel
TRUNCATE inheritance.truck

INSERT INTO partitions.measurement VALUES ($new, date '2023-12-20' + $n, $m, $text)
UPDATE partitions.measurement SET day = day + 31 WHERE id = $n
UPDATE partitions.measurement SET celsius = celsius + 1 WHERE id % 20 = $n % 20
DELETE FROM partitions.measurement WHERE id = $n
UPDATE partitions.customer SET region = (ARRAY['N', 'NE', 'S', 'X'])[1 + $n % 4] WHERE id = $m
UPDATE partitions.customer SET name = $text WHERE id % 10 = $n % 10
INSERT INTO partitions.parcel VALUES ($new, $n, $big)
UPDATE partitions.parcel SET weight = $n WHERE id = $m
UPDATE partitions.parcel SET id = $new WHERE id = $n
DELETE FROM partitions.parcel WHERE id = $n
INSERT INTO partitions.sale VALUES ($new, 2020 + $n % 8, $text, $m)
UPDATE partitions.sale SET year = 2021 + year % 5, region = 'N' WHERE id = $n
DELETE FROM partitions.sale WHERE id % 30 = $n % 30 AND year = 2020 + $m % 6
TRUNCATE partitions.sale
INSERT INTO partitions.event VALUES (timestamptz '2023-06-01' + interval '$n days', $text, '{"n": $m}')
UPDATE partitions.event SET at = at + interval '1 year' WHERE at < timestamptz '2023-12-01' + interval '$n hours'
DELETE FROM partitions.event WHERE at > timestamptz '2024-11-01' + interval '$n days'
INSERT INTO partitions.word VALUES (chr(97 + $n % 26) || $text, $m)
TRUNCATE partitions.word
INSERT INTO partitions.berthing VALUES ($n * 5 + 1, $text, $m)
UPDATE partitions.berthing SET id = ($m * 5 + 500) % 1000 WHERE id = $n * 10
UPDATE partitions.berthing SET fee = fee + 1 WHERE id % 50 = $n % 50
DELETE FROM partitions.berthing WHERE id = $n * 10

UPDATE "full text".page SET body = body || ' gull' WHERE id = $n
INSERT INTO "full text".page (id, title) VALUES ($new, $text)
UPDATE "full text".message SET subject = $text, query = query && 'c'::tsquery WHERE id % 10 = $n % 10
INSERT INTO "full text".book (id, title, content) VALUES ($new, $text, $big)
UPDATE "full text".book SET sales = sales + 1 WHERE id % 20 = $n % 20
UPDATE "full text".book SET id = $new, title = $text WHERE id = $n
UPDATE "full text".book SET content = $big WHERE id = $n
UPDATE "full text".book SET cover = NULL WHERE id = $n
DELETE FROM "full text".book WHERE id = $n
UPDATE "full text".scroll SET title = $text WHERE title = 'scroll ' || $n % 20
INSERT INTO "full text".scroll VALUES ('scroll ' || $n % 20, $big)
DELETE FROM "full text".scroll WHERE title = 'scroll ' || $n % 20
UPDATE "full text".archive SET data = data || jsonb_build_object('k$n', $text::text) WHERE id = $m
UPDATE "full text".archive SET raw = '[1,  2]' WHERE id = $m

UPDATE "logic".account SET balance = balance + $n WHERE id = $m
UPDATE "logic".rich SET balance = balance - 20 WHERE id = $n
DELETE FROM "logic".account WHERE id = $n
INSERT INTO "logic".account (id, owner) VALUES ($new, $text)
UPDATE "logic".secret SET note = $text WHERE id = $n
UPDATE "logic".signal SET flags = $text WHERE id % 10 = $n % 10

! ALTER TABLE basics.ticket ADD COLUMN seat text DEFAULT 'any'; INSERT INTO basics.ticket (holder) VALUES ('new')
! ALTER TABLE basics.fleet RENAME COLUMN name TO "Name"; INSERT INTO basics.fleet VALUES ($new, 'new', 1)
! ALTER TABLE "constraints".cargo DROP COLUMN tare CASCADE; INSERT INTO "constraints".cargo VALUES ($new, 1)
! ALTER TABLE types.list RENAME TO "List"; INSERT INTO types."List" (id, pay) VALUES ($new, '{1}')
! ALTER TABLE types.shape SET SCHEMA basics; INSERT INTO basics.shape (id, p) VALUES ($new, '(1,2)')
! CREATE TABLE partitions.measurement_4 (LIKE partitions.measurement INCLUDING ALL); ALTER TABLE partitions.measurement ATTACH PARTITION partitions.measurement_4 FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')
! INSERT INTO partitions.measurement SELECT $new + i, date '2030-06-01' + i, i FROM generate_series(1, 20) i
! CREATE TABLE partitions.sale_2023_s PARTITION OF partitions.sale_2023 FOR VALUES IN ('new'); INSERT INTO partitions.sale VALUES ($new, 2023, 'new', 1)
! DELETE FROM partitions.measurement WHERE day >= '2024-03-01' AND day < '2024-04-01'; DROP TABLE partitions.measurement_3
! CREATE TABLE basics.late (id serial PRIMARY KEY, note text); INSERT INTO basics.late (note) SELECT $text FROM generate_series(1, 100)
! UPDATE basics.late SET note = note || id WHERE id % 3 = 0
! DROP TABLE basics.coupon
! DROP TABLE "constraints".pier; CREATE TABLE "constraints".pier (id integer PRIMARY KEY, another text)
! INSERT INTO "constraints".pier SELECT i, 'another' FROM generate_series(1, 20) i
! DROP TABLE partitions.word
! DROP SCHEMA inheritance CASCADE
