-- Fails in its main chunk.

local function load_settings()
  error("no settings")
end

load_settings()
