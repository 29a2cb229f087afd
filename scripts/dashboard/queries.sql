-- Queries for Simple Log Service (SLS), to which Function Compute ships what the
-- functions print when s.yaml names a logConfig (project, logstore). Each log has
-- one printed line in its field "message"; with the field index of index.json the
-- parts of an access line are columns "message.NAME".
--
-- A query is entered in the console of the logstore, or in a chart of a
-- dashboard, from its first "*" or word on, without the comment above it. Its
-- time range is that of the console or chart.
--
-- A request has one line in the gateway and one in the function behind it, with
-- one message.request_id. What the client saw is in the gateway's line; the user,
-- the package and what was used of the storage are in the function's.
--
-- The queries follow the service's documentation of its search and SQL; what they
-- name is tested against the access line, but the service itself has not run them.

-- Requests by route and status
message.msg: access and message.function: "fc-registry-gateway" | SELECT "message.route" AS route, "message.status" AS status, count(*) AS requests GROUP BY route, status ORDER BY requests DESC LIMIT 100

-- Duration by route, as the client saw it, in milliseconds
message.msg: access and message.function: "fc-registry-gateway" | SELECT "message.route" AS route, count(*) AS requests, approx_percentile("message.duration_ms", 0.5) AS p50, approx_percentile("message.duration_ms", 0.99) AS p99, max("message.duration_ms") AS longest GROUP BY route ORDER BY requests DESC LIMIT 100

-- Failures of the registry itself, in percent, by minute
message.msg: access and message.function: "fc-registry-gateway" | SELECT date_trunc('minute', __time__) AS minute, count(*) AS requests, count_if("message.status" >= 500) * 100.0 / count(*) AS failed GROUP BY minute ORDER BY minute LIMIT 1000

-- Requests that were refused, by route: a wrong client, or somebody who tries
message.msg: access and message.function: "fc-registry-gateway" and message.status in [400 499] | SELECT "message.route" AS route, "message.status" AS status, "message.client" AS client, count(*) AS requests GROUP BY route, status, client ORDER BY requests DESC LIMIT 100

-- Capacity units of Tablestore and storage calls by hour: times the region's prices of a read unit, a write unit and an OSS request, what the storage costs
message.msg: access | SELECT date_trunc('hour', __time__) AS hour, sum("message.read_units") AS read_units, sum("message.write_units") AS write_units, sum("message.tablestore_calls") AS tablestore_calls, sum("message.oss_calls") AS oss_calls GROUP BY hour ORDER BY hour LIMIT 1000

-- What one request takes, by route and function
message.msg: access and message.tablestore_calls > 0 | SELECT "message.function" AS function_name, "message.route" AS route, count(*) AS requests, avg("message.read_units") AS read_units, avg("message.write_units") AS write_units, avg("message.tablestore_calls") AS tablestore_calls, avg("message.oss_calls") AS oss_calls GROUP BY function_name, route ORDER BY requests DESC LIMIT 100

-- Downloads by package: the redirects to a ZIP
message.msg: access and message.function: "fc-registry-download" and message.status: 302 and message.method: GET | SELECT "message.package" AS package_name, count(*) AS downloads GROUP BY package_name ORDER BY downloads DESC LIMIT 100

-- Who publishes and deletes
message.msg: access and message.function: "fc-registry-publish" | SELECT "message.user" AS user_name, "message.package" AS package_name, "message.route" AS route, "message.status" AS status, count(*) AS requests GROUP BY user_name, package_name, route, status ORDER BY requests DESC LIMIT 100

-- Clients, by the first word of what they call themselves
message.msg: access and message.function: "fc-registry-gateway" | SELECT split_part("message.user_agent", ' ', 1) AS client, count(*) AS requests, sum("message.bytes") AS bytes GROUP BY client ORDER BY requests DESC LIMIT 50

-- All lines of one request: put the id of an error message in the place of ID
message.request_id: "ID"

-- Errors with their causes
message.msg: "request failed" or message.msg: "event failed"

-- Cold starts by function and hour: of the platform's own request metrics, which are in the same logstore unless logConfig turns them off
isColdStart: true | SELECT date_trunc('hour', __time__) AS hour, functionName, count(*) AS cold_starts, approx_percentile(durationMs, 0.99) AS p99 GROUP BY hour, functionName ORDER BY hour LIMIT 1000

-- What the functions cost by hour, in GB-seconds and invocations: of the same metrics
operation: InvokeFunction | SELECT date_trunc('hour', __time__) AS hour, functionName, count(*) AS invocations, sum(durationMs / 1000.0 * memoryMB / 1024.0) AS gb_seconds GROUP BY hour, functionName ORDER BY hour LIMIT 1000
