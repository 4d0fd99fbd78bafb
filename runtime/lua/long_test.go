package lua_test

import (
	"fmt"
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/lua/difftest"
)

// longLists are what can be done with a list. The list t has n items, the
// numbers from 1 on; far is a place that a table keeps in its hash in any case.
var longLists = []string{
	`print(#t, t[n], t[n + 1], t[n - 1], rawlen(t), rawget(t, n), #{n})`,
	`t[#t + 1] = "new" print(#t, t[n + 1], t[#t])`,
	`t[n] = nil print(#t, t[n], t[n - 1]) t[n - 1] = nil print(#t)`,
	`while #t > n // 2 do t[#t] = nil end print(#t, t[#t], t[#t + 1])`,
	`while #t > 0 do t[#t] = nil end print(#t, next(t))`,
	`for i = n, 1, -1 do t[i] = nil end print(#t, next(t))`,
	`for i = 1, n do t[i] = nil end print(#t, next(t))`,
	`t[far] = 1 print(#t == n or #t == far, t[far])`,
	`t.x = 1 t[0] = 2 t[-1] = 3 t[n + 0.5] = 4 t[true] = 5 t[t] = 6 print(#t, t[n], t.x, t[0], t[-1], t[n + 0.5], t[true], t[t])`,
	`local s, last = 0 for i, v in ipairs(t) do s, last = s + v, i end print(s, last)`,
	`local s, count, last = 0, 0 for k, v in pairs(t) do s, count, last = s + v, count + 1, k end print(s, count, last)`,
	`local last for k in next, t do last = k t[k] = nil end print(last, #t, next(t))`,
	`print(next(t, n), next(t, n - 1))`,
	`local s = 0 for i = 1, #t do s = s + t[i] t[i] = -t[i] end print(s, t[1], t[n])`,
	`for i = 1, 3 do table.insert(t, "end" .. i) end print(#t, t[n], t[n + 1], t[n + 3])`,
	`table.insert(t, 1, "front") table.insert(t, n, "near") table.insert(t, n + 3, "end") print(#t, t[1], t[2], t[n - 1], t[n], t[n + 1], t[n + 2], t[n + 3], t[n + 4])`,
	`table.insert(t, far - 1, "there") print(#t, t[far - 2], t[far - 1], t[far], t[n + 1])`,
	`table.insert(t, 5, nil) print(t[4], t[5], t[6], t[n + 1])`,
	`print(pcall(table.insert, t, n + 2, 1)) print(pcall(table.insert, t, 0, 1)) print(#t)`,
	`print(table.remove(t), #t, table.remove(t, 1), #t, t[1], t[#t], t[#t + 1])`,
	`print(table.remove(t, far), table.remove(t, far - 1), #t, t[far - 2], t[far - 1], t[far], t[#t], t[#t + 1])`,
	`print(table.remove(t, n + 1), #t, pcall(table.remove, t, n + 2))`,
	`local s = 0 while #t > n // 2 do s = s + table.remove(t) end print(s, #t, t[#t])`,
	`for i = 1, 3 do table.remove(t, 2) end print(#t, t[1], t[2], t[#t], t[#t + 1])`,
	`local s = table.concat(t, ",") print(#s, s:sub(-20), table.concat(t, ";", n - 3), table.concat(t, ";", n - 3, n - 1), table.concat(t, "+", far - 2, math.min(far + 2, n)))`,
	`t[n - 1] = {} print(pcall(table.concat, t)) print(pcall(table.concat, t, "", n - 2, n + 1))`,
	`print(select("#", table.unpack(t)), (select(n, table.unpack(t))), select(-1, table.unpack(t)), table.unpack(t, n - 2), table.unpack(t, far - 1, far + 1))`,
	`local p = table.pack(table.unpack(t)) print(p.n, #p, p[1], p[n], p[n + 1])`,
	`local u = {table.unpack(t)} print(#u, u[1], u[far], u[n], u[n + 1])`,
	`local u = {"a", "b", table.unpack(t)} print(#u, u[1], u[2], u[3], u[n + 2])`,
	`local function f(...) local a, b = ... return select("#", ...), a, b, (select(-1, ...)) end print(f(table.unpack(t)))`,
	`print(table.move(t, 1, n, 2) == t, #t, t[1], t[2], t[n], t[n + 1], t[n + 2])`,
	`table.move(t, 2, n, 1) print(#t, t[1], t[2], t[n - 1], t[n])`,
	`local u = table.move(t, 1, n, 1, {}) print(#u, u[1], u[far], u[n])`,
	`local u = table.move(t, far, n, 3, {1, 2}) print(#u, u[3], u[#u])`,
	`for i = 1, n do t[i] = (i * 7919) % 1000003 end table.sort(t) local ok = true for i = 2, n do ok = ok and t[i - 1] <= t[i] end print(ok, #t, t[1], t[far], t[n])`,
	`for i = 1, n do t[i] = "k" .. (i * 7919) % 1000003 end table.sort(t) local ok = true for i = 2, n do ok = ok and t[i - 1] <= t[i] end print(ok, #t, t[1], t[far], t[n])`,
	`for i = 1, n do t[i] = i % 100 end table.sort(t, function(a, b) return a > b end) print(#t, t[1], t[far], t[n])`,
	`local m = setmetatable(t, {__index = function(_, k) return "none" .. k end}) print(#m, m[n], m[n + 1], m[far])`,
	`local m = setmetatable(t, {__newindex = function(_, k, v) rawset(t, k, v * 2) end}) m[#m + 1] = 4 m[n] = 5 print(#m, m[n], m[n + 1])`,
	`local m = setmetatable({}, {__index = t, __len = function() return #t end}) print(#m, rawlen(m), m[n], table.concat(m, ",", n - 2), table.unpack(m, n - 1))`,
	`rawset(t, n + 1, "raw") print(#t, rawlen(t), rawget(t, n + 1), rawequal(t[n + 1], "raw"))`,
	`local s = {} for i = 1, n do s[i] = ("x"):rep(i % 3) end print(#table.concat(s), #s)`,
	`local q, first = {}, 1 for i = 1, 1000 do q[n + i] = i end for i = 1, 1000 do q[n + i] = nil end print(#q, next(q))`,
	`local u = {} for i = n, 1, -1 do u[i] = i end print(#u, u[1], u[n])`,
	`local u = load("return {" .. ("1,"):rep(n) .. "}")() print(#u, u[n], u[n + 1])`,
	`local u = load("return {" .. ("1,"):rep(n) .. "table.unpack({2, 3})}")() print(#u, u[n], u[n + 1], u[n + 2])`,
	`local c = coroutine.wrap(function() for i, v in ipairs(t) do if i > n - 3 then coroutine.yield(i, v) end end end) print(c()) print(c()) print(c())`,
	`print(utf8.char(table.unpack(t, n // 2, n // 2 + 1)), string.byte(string.char(table.unpack(t, 1, 5)), 1, 5), math.max(table.unpack(t)))`,
	`local v = t[n] t[n], t[1] = t[1], v print(t[1], t[n]) goto done ::done::`,
}

// TestLongLists compares lists that are longer than what a table keeps in its
// array with lua5.4's.
func TestLongLists(t *testing.T) {
	difftest.Need(t)
	if *arrayLimit > 0 {
		for _, n := range []int{*arrayLimit - 1, *arrayLimit, *arrayLimit + 1, *arrayLimit + 2, 5000} {
			compareLists(t, longLists, n)
		}
		return
	}
	compareLists(t, longLists, 200_000)
	var some []string
	for i := 0; i < len(longLists); i += 4 {
		some = append(some, longLists[i])
	}
	compareLists(t, some, 300_000)
	compareLists(t, some, 131_072)
}

func compareLists(t *testing.T, lists []string, n int) {
	t.Helper()
	play := player(t, lua.EngineOptions{}) // sets how long arrays are
	far := min(vm.MaxArrayIndex, n)
	sources := make([]difftest.Source, len(lists))
	for i, code := range lists {
		sources[i] = difftest.Source{Name: "=x", Text: fmt.Sprintf("local n, far, t = %d, %d, {} for i = 1, n do t[i] = i end\n%s", n, far, code)}
	}
	theirs, err := difftest.Theirs(t.Context(), sources)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range sources {
		if theirs[i] == difftest.Crashed || strings.Contains(theirs[i], "error:") {
			t.Errorf("lua5.4 does not do it with %d items: %s\n%s", n, lists[i], theirs[i])
			continue
		}
		if ours := play(s.Name, s.Text); ours != theirs[i] {
			t.Errorf("with %d items: %s\n got %s\nwant %s", n, lists[i], ours, theirs[i])
		}
	}
}
