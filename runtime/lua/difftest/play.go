package difftest

import (
	"context"
	"fmt"
)

// Crashed is the answer for a program that lua5.4 itself does not survive, or
// that does not end.
const Crashed = "crashed"

// Theirs runs programs on lua5.4, many in one process, and gives what each
// printed; the error that ended it, if any, is printed too. A program that does
// not load gives "syntax: " and the message.
func Theirs(ctx context.Context, sources []Source) ([]string, error) {
	parts := make([]string, 0, 2*len(sources))
	for _, s := range sources {
		parts = append(parts, s.Text, s.Name)
	}
	answers, err := ask(ctx, theirs, frames(parts...))
	switch n := len(sources); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err == nil && len(answers) != n:
		return nil, fmt.Errorf("difftest: %d answers to %d programs", len(answers), n)
	case err == nil:
		return answers, nil
	case n == 1:
		return []string{Crashed}, nil
	default: // find the one that it does not survive
		first, err := Theirs(ctx, sources[:n/2])
		if err != nil {
			return nil, err
		}
		second, err := Theirs(ctx, sources[n/2:])
		return append(first, second...), err
	}
}

// Each program gets copies of the tables it may change, and its own print.
const theirs = `
local tostring, type, pairs, load, pcall, concat, select = tostring, type, pairs, load, pcall, table.concat, select
local getmetatable = debug.getmetatable
local function shown(v)
  local t = type(v)
  if t == "string" or t == "number" or t == "boolean" or t == "nil" then return tostring(v) end
  local mt = getmetatable(v)
  if mt and mt.__tostring then return tostring(v) end
  return t
end
while true do
  local text = take()
  if not text then break end
  local name = take()
  local out, env = {}, {}
  for k, v in pairs(_G) do
    if type(v) == "table" and k ~= "_G" then
      local copy = {}
      for f, w in pairs(v) do copy[f] = w end
      v = copy
    end
    env[k] = v
  end
  env._G = env
  env.tostring = shown
  env.print = function(...)
    local line = {}
    for i = 1, select("#", ...) do line[i] = shown((select(i, ...))) end
    out[#out + 1] = concat(line, "\t") .. "\n"
  end
  debug.sethook(function() os.exit(3) end, "", 20000000)
  local f, message = load(text, name, "t", env)
  if not f then
    out[1] = "syntax: " .. message .. "\n"
  else
    local ok, raised = pcall(f)
    if not ok then out[#out + 1] = "error: " .. shown(raised) .. "\n" end
  end
  give(concat(out))
end`
