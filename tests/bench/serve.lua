-- Requests of wrk: lines of the file $PATHS by chance, with $ACCEPT and $TAG as headers where they are given.
local lines, headers, seeded = {}, {}, false
for line in io.lines(os.getenv("PATHS")) do lines[#lines + 1] = line end
headers["Accept-Encoding"] = os.getenv("ACCEPT")
headers["If-None-Match"] = os.getenv("TAG")
function request()
  if not seeded then
    math.randomseed(tonumber(tostring(headers):match("0x(%x+)"), 16) % 1000003)      -- each thread its own
    seeded = true
  end
  return wrk.format("GET", lines[math.random(#lines)], headers)
end
