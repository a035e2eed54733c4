-- Has wrk send the requests of a file one after the other: each is its length in a line, and then itself.
local file = assert(io.open(os.getenv("BODY"), "rb"))
local requests = {}
while true do
  local length = file:read("*l")
  if not length then break end
  requests[#requests + 1] = file:read(tonumber(length))
end
file:close()

local last = 0
function request()
  last = last % #requests + 1
  return requests[last]
end
