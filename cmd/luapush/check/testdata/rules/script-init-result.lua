--- nothing
function script_init()
  local x = 1
end --> script-init-result: script_init ends without a result
--- in a branch
local x
function script_init()
  if x then
    return --> script-init-result: script_init returns nothing
  end
  if x == 1 then
    return true --> script-init-result: something that is no number
  elseif x == 2 then
    return "0" --> script-init-result: something that is no number
  end
  return 0.0 --> script-init-result: returns a float
end
--- floats were fine before 2.3.15 [2.3.14]
function script_init()
  return 0.0
end
--- 2.4 does not look [2.4]
function script_init()
  return 1 --> script-init-result: Dovecot 2.4 does not look at what script_init returns
end
--- not needed on 2.4 [2.4]
function script_init()
end
--- a number, an error, or not known
local function setup() return 0 end
script_init = function()
  if setup() == 0 then
    return 0
  elseif true then
    error("no")
  else
    return setup()
  end
end
--- none is needed
function script_deinit()
end
--- assigned in another function
function other()
  local function inner()
    return
  end
  inner()
end
function script_init()
  other(function() return "x" end)
  return -1
end
