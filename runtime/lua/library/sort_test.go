package library

import "testing"

// TestSortIsPUCs compares what a script can see of table.sort while it works:
// comparisons, reads and writes in their order, errors and what they leave
// behind, the stack, and coroutines.
func TestSortIsPUCs(t *testing.T) {
	p := newPair(t)
	for _, probe := range []string{
		// The comparisons, with many values that are equal.
		`local calls, t = {}, {} for i = 1, 60 do t[i] = (i * 7) % 11 end table.sort(t, function(a, b) calls[#calls+1] = a .. "." .. b return a < b end) return table.concat(calls, " ")`,
		`local t = {} for i = 1, 99 do t[i] = {i, (i * 31) % 5} end table.sort(t, function(a, b) return a[2] < b[2] end) local r = {} for i, v in ipairs(t) do r[i] = v[1] end return table.concat(r, " ")`,
		`local m = {__lt = function(a, b) return a.v < b.v end} local t = {} for i = 1, 50 do t[i] = setmetatable({v = (i * 31) % 5, i = i}, m) end table.sort(t) local r = {} for i, v in ipairs(t) do r[i] = v.i end return table.concat(r, " ")`,
		// What an error leaves behind.
		`local t = {5, 3, 4, 1, 2} local ok, e = pcall(table.sort, t, function(a, b) if a == 1 or b == 1 then error("no") end return a < b end) return ok, e, table.concat(t, " ")`,
		`local t = {5, 3, 4, 1, 2} local ok, e = pcall(table.sort, t, function(a, b) if a == 1 or b == 1 then error({}) end return a < b end) return ok, e, table.concat(t, " ")`,
		`local t = {3, "x", 1, 2} local ok, e = pcall(table.sort, t) return ok, e, table.concat(t, " ")`,
		`local t = {3, 2, 1} return pcall(table.sort, t, function(a, b) return a.x < b.x end)`,
		`local t = {4, 3, nil, 1} return pcall(table.sort, t, function(a, b) return a < b end)`,
		`local t = {} for i = 1, 30 do t[i] = i end local ok, e = pcall(table.sort, t, function() return true end) return ok, e, table.concat(t, " ")`,
		`local t = {} for i = 1, 30 do t[i] = i % 4 end local ok, e = pcall(table.sort, t, function(a, b) return a <= b end) return ok, e, table.concat(t, " ")`,
		`local t = {} for i = 1, 30 do t[i] = i end table.sort(t, function() return false end) return table.concat(t, " ")`,
		`local t = {3, 1, 0/0, 2, 0/0, 5, 4} return pcall(table.sort, t)`,
		// The table's own metamethods.
		`local log, n = {}, {9, 2, 8, 1, 5} local p = setmetatable({}, {__len = function() return 5 end, __index = function(_, k) log[#log+1] = "r" .. k return n[k] end, __newindex = function(_, k, v) log[#log+1] = "w" .. k .. "=" .. v n[k] = v end}) table.sort(p) return table.concat(log, " ")`,
		`local log, n = {}, {9, 2, 8, 1, 5} local p = setmetatable({}, {__len = function() return 5 end, __index = n, __newindex = function(_, k, v) log[#log+1] = k .. "=" .. v n[k] = v end}) table.sort(p, function(a, b) log[#log+1] = a .. ">" .. b return a > b end) return table.concat(log, " ")`,
		`local p = setmetatable({}, {__len = function() return 4 end, __index = function(_, k) return 10 - k end, __newindex = function() end}) return pcall(table.sort, p, function(a, b) return a < b end)`,
		`local t = {4, 3, 2, 1} table.sort(t, function(a, b) if not getmetatable(t) then setmetatable(t, {__index = function() return 9 end}) t[2] = nil end return a < b end) return t[1], rawget(t, 2), t[3], t[4]`,
		// The order function changes the table.
		`local t = {3, 1, 2, 4} return pcall(table.sort, t, function(a, b) t[5] = 0 return a < b end), table.concat(t, " ")`,
		`local t = {3, 1, 2} local ok, e = pcall(table.sort, t, function(a, b) t[1] = nil return a < b end) return ok, e, t[1], t[2], t[3]`,
		`local t = {3, 2, 1} table.sort(t, function(a, b) local u = {b, a} table.sort(u, function(x, y) return x < y end) return a < b end) return table.concat(t, " ")`,
		// What counts as an order function.
		`return pcall(table.sort, {2, 1}, setmetatable({}, {__call = function() return true end}))`,
		`return pcall(table.sort, {2, 1}, rawequal)`,
		`local t = {2, 3, 1} table.sort(t, math.ult) return table.concat(t, " ")`,
		`local t = {2, 3, 1} table.sort(t, function(...) local a, b = ... return select("#", ...) == 2 and a > b end) return table.concat(t, " ")`,
		`local t = {2, 3, 1} table.sort(t, function(a, b, c, d) return c == nil and d == nil and a < b, 1, 2 end) return table.concat(t, " ")`,
		`local n = 0 local t = {3, 2, 1, 4} table.sort(t, function(a, b) n = n + 1 local x = a local f = function() x = x + 0 return x end return f() < b end) return n, table.concat(t, " ")`,
		`local function deep(n) return n == 0 and 0 or 1 + deep(n - 1) end local t = {3, 2, 1} table.sort(t, function(a, b) return deep(200) == 200 and a < b end) return table.concat(t, " ")`,
		// The stack.
		`local r table.sort({2, 1}, function() r = debug.getinfo(2, "n").name .. debug.getinfo(2, "S").what .. debug.getinfo(1, "S").what .. tostring(debug.getinfo(1, "n").name) return false end) return r`,
		`local r table.sort({2, 1}, function() r = debug.traceback("tb") return false end) return (r:gsub("\n%s*%[C%]: in function 'pcall'.*", ""))`,
		`local r = select(2, xpcall(function() table.sort({2, 1}, function(a) return a.b.c end) end, debug.traceback)) return (r:gsub("\n%s*%[C%]: in function 'xpcall'.*", ""))`,
		`local function rec() table.sort({1, 2}, rec) end local ok, e = pcall(rec) return ok, (e:gsub("^.*: ", ""))`,
		// Coroutines.
		`local co = coroutine.create(function() table.sort({2, 1}, function() coroutine.yield(1) end) end) return coroutine.resume(co)`,
		`local co = coroutine.create(function() return pcall(table.sort, {2, 1}, function() coroutine.yield(1) end) end) return coroutine.resume(co)`,
		`local co = coroutine.wrap(function() local inner = coroutine.wrap(function() for i = 1, 9 do coroutine.yield(i % 2 == 0) end end) local t = {3, 1, 2} table.sort(t, function(a, b) return inner() end) coroutine.yield("fine") return table.concat(t, " ") end) return co(), co()`,
		`local r table.sort({2, 1}, function() r = coroutine.isyieldable() return false end) return r`,
		`local co = coroutine.wrap(function() local r table.sort({2, 1}, function() r = coroutine.isyieldable() return false end) return r end) return co()`,
	} {
		p.compare(t, probe)
	}
}
