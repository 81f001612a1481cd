-- What wrk sends: the call of LIMEN_BENCH_BODY with a hookInstance of its own each time.
local bodies, place = {}, 0

function init()
    local path = os.getenv("LIMEN_BENCH_BODY")
    if not path then return end
    local file = assert(io.open(path, "rb"))
    local body = file:read("*a")
    file:close()
    local key = os.getenv("LIMEN_BENCH_KEY")
    local fields = { ["Content-Type"] = "application/json" }
    if key and key ~= "none" then fields["Authorization"] = "Bearer " .. key end
    math.randomseed(os.time())
    local count = math.max(4, math.min(512, math.floor(16000000 / #body)))
    for index = 1, count do
        local instance = string.format(
            "%08x-%04x-4%03x-8%03x-%012x",
            math.random(0, 0x7fffffff), math.random(0, 0xffff), math.random(0, 0xfff),
            math.random(0, 0xfff), index)
        local own = body:gsub('("hookInstance":")[^"]*', "%1" .. instance, 1)
        bodies[index] = wrk.format("POST", nil, fields, own)
    end
end

function request()
    if #bodies == 0 then return wrk.format("GET") end
    place = place % #bodies + 1
    return bodies[place]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        'FIGURES {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"failed":%d,"broken":%d}\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
