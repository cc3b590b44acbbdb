-- Requests of wrk: lines of the file $PATHS by chance, with $ACCEPT and $TAG as headers where they are given. All are put together before the
-- first one is sent: who asks shares the processors with who answers.
local requests = {}
function init()
  local headers = { ["Accept-Encoding"] = os.getenv("ACCEPT"), ["If-None-Match"] = os.getenv("TAG") }
  for line in io.lines(os.getenv("PATHS")) do requests[#requests + 1] = wrk.format("GET", line, headers) end
  math.randomseed(tonumber(tostring(headers):match("0x(%x+)"), 16) % 1000003)        -- each thread its own
end
function request()
  return requests[math.random(#requests)]
end
