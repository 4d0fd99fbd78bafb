-- Runs each line of a probe file as a chunk of its own and prints what came of
-- it. The same file runs on PUC Lua and on luapush; the arguments are the probe
-- file's text and the function to print with.
local text, emit = ...
local rawtype, pcall, load, format, concat, floor, pack =
  type, pcall, load, string.format, table.concat, math.floor, table.pack
local gsub, match, tostring, collect, huge = string.gsub, string.match, tostring, select, math.huge
local gmt, smt = debug.getmetatable, debug.setmetatable

local function show(v)
  local t = rawtype(v)
  if t == "string" then
    -- Addresses differ from run to run.
    v = gsub(v, "0x%x%x%x%x%x%x%x+", "0xADDRESS")
    v = gsub(v, "builtin: 0xADDRESS", "0xADDRESS")
    return '"' .. gsub(v, "[%c\128-\255\\]", function(c) return format("\\%03d", c:byte()) end) .. '"'
  elseif t == "number" then
    if v == floor(v) and v > -2^63 and v < 2^63 then return format("%d", v) end
    return format("%.14g", v)
  elseif t == "nil" or t == "boolean" then
    return tostring(v)
  end
  return t
end

local line = 0
for source in text:gmatch("([^\n]*)\n?") do
  line = line + 1
  if source ~= "" and not match(source, "^%-%-") then
    local chunk, problem = load("return " .. source, "=p")
    if not chunk then chunk, problem = load(source, "=p") end
    local out = {}
    if chunk then
      local r = pack(pcall(chunk))
      for i = 1, r.n do out[i] = show(r[i]) end
    else
      out[1] = "syntax " .. show(problem)
    end
    emit(line .. "\t" .. concat(out, " ") .. "\n")
  end
end
