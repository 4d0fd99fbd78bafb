package difftest

import "strings"

// node is a piece of a program that can be taken out as a whole: a statement,
// or with parts, a compound one. A part begins with its own line ("else").
type node struct {
	head  string
	parts []part
	tail  string
}

type part struct {
	head string
	body []*node
}

func line(text string) *node { return &node{head: text} }

func block(head string, body []*node, tail string) *node {
	return &node{head: head, parts: []part{{body: body}}, tail: tail}
}

// Program is a random program that can be made smaller.
type Program struct {
	Seed uint64
	body []*node
}

// Text is the program's source.
func (p *Program) Text() string {
	var b strings.Builder
	b.WriteString(Prelude)
	write(&b, p.body, "")
	return b.String()
}

func write(b *strings.Builder, list []*node, indent string) {
	for _, n := range list {
		if n.head != "" {
			b.WriteString(indent + n.head + "\n")
		}
		for _, p := range n.parts {
			if p.head != "" {
				b.WriteString(indent + p.head + "\n")
			}
			write(b, p.body, indent+"  ")
		}
		if n.tail != "" {
			b.WriteString(indent + n.tail + "\n")
		}
	}
}

// Prelude is in front of every program: an allowance that ends it, an integer
// of anything, an object with operators, and a value to close.
const Prelude = `local fuel = 2000
local function tick() fuel = fuel - 1 if fuel < 0 then error("fuel", 0) end end
local function N(v) if v > 100000 or v < -100000 then return v % 1000 end return v end
local function I(v) if type(v) == "number" then return v end return 7 end
local function S(v) local t = type(v) if t == "string" or t == "number" then return v .. "" end return t end
local function T(s) if #s > 60 then return s:sub(1, 20) end return s end
local function C(name) return setmetatable({}, {__close = function(_, e) print("close", name, e) end}) end
local M = {}
M.__index = M
function M:get(d) return self.v + (d or 0) end
function M:set(v) self.v = N(v) return self end
M.__add = function(a, b) return O(N(I(type(a) == "table" and a.v or a) + I(type(b) == "table" and b.v or b))) end
M.__concat = function(a, b) return "<" .. S(type(a) == "table" and a.v or a) .. "|" .. S(type(b) == "table" and b.v or b) .. ">" end
M.__idiv = function(a, b) return "idiv" end
M.__band = function(a, b) return "band" end
M.__bnot = function(a) return "bnot" end
M.__unm = function(a) return O(0 - a.v) end
M.__len = function(a) return a.v end
M.__call = function(self, a, ...) return self.v, a, select("#", ...) end
M.__eq = function(a, b) return a.v == b.v end
M.__lt = function(a, b) return I(type(a) == "table" and a.v or a) < I(type(b) == "table" and b.v or b) end
M.__le = function(a, b) return I(type(a) == "table" and a.v or a) <= I(type(b) == "table" and b.v or b) end
M.__tostring = function(a) return "O" .. a.v end
function O(v) return setmetatable({v = v}, M) end
G1, G2 = 1, "g"
`

// Shrink takes away whatever can go while differs still holds, in at most so
// many tries.
func (p *Program) Shrink(tries int, differs func(text string) bool) {
	ask := differs
	differs = func(text string) bool {
		tries--
		return tries >= 0 && ask(text)
	}
	for changed := true; changed; {
		changed = shrinkList(&p.body, p, differs)
	}
}

func shrinkList(list *[]*node, p *Program, differs func(string) bool) (changed bool) {
	for size := len(*list); size >= 1; size /= 2 {
		for at := 0; at+size <= len(*list); {
			old := *list
			*list = append(append([]*node{}, old[:at]...), old[at+size:]...)
			if differs(p.Text()) {
				changed = true
				continue
			}
			*list = old
			at++
		}
	}
	for i := 0; i < len(*list); i++ {
		n := (*list)[i]
		for j := range n.parts {
			// Put a part in the place of the whole.
			old := *list
			*list = append(append(append([]*node{}, old[:i]...), n.parts[j].body...), old[i+1:]...)
			if differs(p.Text()) {
				return true
			}
			*list = old
		}
		for j := range n.parts {
			if j > 0 { // drop a later part
				old := n.parts
				n.parts = append(append([]part{}, old[:j]...), old[j+1:]...)
				if differs(p.Text()) {
					return true
				}
				n.parts = old
			}
			if shrinkList(&n.parts[j].body, p, differs) {
				changed = true
			}
		}
	}
	return changed
}
