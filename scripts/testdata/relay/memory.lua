-- relay.lua with files in memory: a test has nowhere to write, and wants to read
-- what was written. Loading a handler from another one is how anything that it
-- calls can be replaced.

files = {} -- the text of each file by its path
fault = nil -- the step that fails: "open", "write", "close" or "rename"

local function failing(step)
  if fault == step then return step .. ": No space left on device" end
end

local memory = {}
memory.__index = memory
function memory:write(text)
  local message = failing("write")
  if message then return nil, message end
  files[self.name] = files[self.name] .. text
  return self
end
function memory:close()
  local message = failing("close")
  if message then return nil, message end
  return true
end

local open = io.open
function io.open(name, mode)
  if mode ~= "wb" then return open(name, mode) end
  local message = failing("open")
  if message then return nil, name .. ": " .. message end
  files[name] = ""
  return setmetatable({name = name}, memory)
end

function os.rename(from, to)
  local message = failing("rename")
  if message then return nil, message end
  files[from], files[to] = nil, files[from]
  return true
end

function os.remove(name)
  files[name] = nil
  return true
end

-- break_at lets a step fail from now on.
function break_at(step) fault = step end

local here = debug.getinfo(1, "S").source:match("^@(.*)testdata/relay/memory.lua$")
dofile(here .. "relay.lua")
