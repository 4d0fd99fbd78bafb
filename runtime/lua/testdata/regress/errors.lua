print(pcall(function() local x; x.y=1 end))
---
print(pcall(function() x.y=1 end))
---
print(pcall(function() x.y.z=1 end))
---
print(pcall(function() local x={} x.y.z=1 end))
---
print(pcall(function() local x={} ; local k='a'; x[k].z=1 end))
---
print(pcall(function() local x={}; x[1].z=1 end))
---
print(pcall(function() local x={}; x[1.5].z=1 end))
---
print(pcall(function() local x; (function() return x.y end)() end))
---
print(pcall(function() local x; (function() x.y=1 end)() end))
---
print(pcall(function() local x={} x:foo() end))
---
print(pcall(function() local x x:foo() end))
---
print(pcall(function() foo() end))
---
print(pcall(function() local t={} t.foo() end))
---
print(pcall(function() local t={} t.a.b() end))
---
print(pcall(function() local t={} t[1]() end))
---
print(pcall(function() local x; x() end))
---
print(pcall(function() (nil)() end))
---
print(pcall(function() ('x')() end))
---
print(pcall(function() return nil+1 end))
---
print(pcall(function() local x; return x+1 end))
---
print(pcall(function() return x+1 end))
---
print(pcall(function() local t={} return t.x+1 end))
---
print(pcall(function() local t={} return 1+t.x end))
---
print(pcall(function() local t={} return t.x..'a' end))
---
print(pcall(function() local x; return 'a'..x end))
---
print(pcall(function() local x; return 'a'..x..'b' end))
---
print(pcall(function() return 'a'..{} end))
---
print(pcall(function() return {}..'a' end))
---
print(pcall(function() return 1 < nil end))
---
print(pcall(function() return nil<1 end))
---
print(pcall(function() return {}<{} end))
---
print(pcall(function() return nil<nil end))
---
print(pcall(function() return 'a'<1 end))
---
print(pcall(function() return {}<'x' end))
---
print(pcall(function() return print<print end))
---
print(pcall(function() return -{} end))
---
print(pcall(function() local x return -x end))
---
print(pcall(function() return #nil end))
---
print(pcall(function() local x return #x end))
---
print(pcall(function() return #x.y end))
---
print(pcall(function() return 'abc'+1 end))
---
print(pcall(function() return 1+'abc' end))
---
print(pcall(function() return 'a'+'b' end))
---
print(pcall(function() return {}+'b' end))
---
print(pcall(function() return 'b'+{} end))
---
print(pcall(function() return -'abc' end))
---
print(pcall(function() return 1.5|1 end))
---
print(pcall(function() local x=1.5 return x|1 end))
---
print(pcall(function() return 1|{} end))
---
print(pcall(function() local x={} return x&1 end))
---
print(pcall(function() return '3'|1 end))
---
print(pcall(function() return 'a'|1 end))
---
print(pcall(function() return '1.5'|1 end))
---
print(pcall(function() return ~5, ~1.5 end))
---
print(pcall(function() return ~{} end))
---
print(pcall(function() for i=1,'x' do end end))
---
print(pcall(function() for i='a',2 do end end))
---
print(pcall(function() for i=1,2,'x' do end end))
---
print(pcall(function() for i=1,10,0 do end end))
---
print(pcall(function() for i=1.5,10,0 do end end))
---
print(pcall(function() for i='1','2' do end end))
---
print(pcall(function() for x in nil do end end))
---
print(pcall(function() for x in 5 do end end))
---
print(pcall(function() local t={} t[nil]=1 end))
---
print(pcall(function() local t={} t[0/0]=1 end))
---
print(pcall(function() local t = setmetatable({},{__index=function(t,k) error('idx '..k) end}) return t.foo end))
---
print(pcall(function() error('x') end))
---
print(pcall(function() error() end))
---
print(pcall(function() local x <close> = 5 end))
---
print(pcall(function() local x <close> = nil end))
---
print(pcall(function() local x <close> = setmetatable({},{__close=function(o,e) print('closed',e) end}) error('boom') end))
---
print(pcall(function() return ('x'):rep(3) end))
---
print(pcall(function() return ('x').y.z end))
---
print(pcall(function() local a = 'x' return a.y.z end))
---
print(pcall(function() return math.foo() end))
---
print(pcall(function() return math.foo.bar end))
---
print(pcall(function() string.foo() end))
---
print(pcall(function() return (1).x end))
---
print(pcall(function() return true.x end))
---
print(pcall(function() local x=true return x.y end))
---
print(pcall(function() local f = 5; f.x = 1 end))
---
print(pcall(function() local x = 5; x[1]=2 end))
---
print(pcall(function() return setmetatable({},{__lt=function() return true end}) < 1 end))
---
print(pcall(function() return 1 < setmetatable({},{__lt=function() return true end}) end))
---
print(pcall(function() return setmetatable({},{__lt=function() return true end}) <= setmetatable({},{}) end))
---
print(pcall(function() return setmetatable({},{__eq=function() return true end}) == {} end))
---
print(pcall(function() return {} == setmetatable({},{__eq=function() return 1 end}) end))
---
print(pcall(function() return setmetatable({},{__eq=function() return true end}) == 1 end))
---
print(pcall(function() return setmetatable({},{__lt=5}) < 1 end))
---
print(pcall(function() return setmetatable({},{__index=5}).x end))
---
print(pcall(function() return setmetatable({},{__newindex=5}).x end))
---
print(pcall(function() local a = setmetatable({},{__newindex=5}) a.x=1 end))
---
print(pcall(function() return setmetatable({},{__name='My'})+1 end))
---
print(pcall(function() return setmetatable({},{__name='My'})<1 end))
---
print(pcall(function() return #setmetatable({},{__len=function() return 'x' end}) end))
---
print(pcall(function() return setmetatable({},{__concat=function(a,b) return 42 end})..'x' end))
---
print(pcall(function() return 1 ..setmetatable({},{__concat=function(a,b) return 42 end})..'x' end))
---
print(pcall(function() local a,b,c = (function() return 1,2,3 end)() return a,b,c end))
---
print(pcall(function() local a = {} ; a.b.c.d = 1 end))
---
print(pcall(function() local a={b={}} a.b.c.d = 1 end))
---
print(pcall(function() local a={b={}} a.b:c() end))
---
print(pcall(function() local a={b={}} a.b.c:d() end))
---
print(pcall(function() a.b:c() end))
---
print(pcall(function() local t = {} ; t.x.y()  end))
---
print(pcall(function() local up; local function f() up() end f() end))
---
print(pcall(function() local up={}; local function f() up.x() end f() end))
---
print(pcall(function() local up={}; local function f() up:x() end f() end))
---
print(pcall(function() local up={}; local function f() return up+1 end f() end))
---
print(pcall(function() local up; local function f() return up.x.y end f() end))
---
print(pcall(function() local a,b=1 return a<b end))
---
print(pcall(function() local a,b=1 return a..b end))
---
print(pcall(function() return (x or y).z end))
---
print(pcall(function() return (x and y).z end))
---
print(pcall(function() local x return (x).z end))
---
print(pcall(function() return ({}).x.y end))
---
print(pcall(function() return f().x end))
---
print(pcall(function() local function f() end return f().x end))
---
print(pcall(function() local function f() end return f()() end))
---
print(pcall(function() local function f() end return f()+1 end))
---
print(pcall(function() local s='x' return s.y.z end))
---
print(pcall(function() local t={} t['a b'].c=1 end))
---
print(pcall(function() local k='kk' local t={} t[k]() end))
---
print(pcall(function() return _ENV.x.y end))
---
print(pcall(function() local _ENV={} return x.y end))
---
print(pcall(function() local _ENV=nil return x end))
---
print(pcall(function() local x<const> = 5; return x.y.z end))
---
print(pcall(function() local x<const> = nil; return x.y end))
---
print(pcall(function() local x<const> = 'a'; return x+1 end))
---
print(pcall(function() return 1&1.5 end))
---
print(pcall(function() local a=2^60 return a|0, a*16|0 end))
---
print(pcall(function() return 'x' < 5 end))
---
print(pcall(function() return 1 .. nil end))
---
print(pcall(function() return 1 // nil end))
---
print(pcall(function() local a = {} a = a // 1 end))
---
print(pcall(function() local z local y = {z.x} end))
---
print(pcall(function() local z f = 1 + z.x.y end))
---
print(pcall(function() return -nil end))
---
print(pcall(function() return not nil end))
---
print(pcall(function() local t=setmetatable({},{__call=5}) t() end))
---
print(pcall(function() local t=setmetatable({},{__index=function(t,k) return k end}) return t.x..t[1] end))
---
print(pcall(function() x
.y
.z = 1 end))
---
print(pcall(function() local x = {}
return x.y
+ 1 end))
---
print(pcall(function() local x = {}
return x.y.z
+ 1 end))
---
print(pcall(function() foo(
1,
2
) end))
---
print(pcall(function() local a={}
a
.b
() end))
---
print(pcall(function() local a={}
a.b
(
1
) end))
---
print(pcall(function() return
nil
+
1 end))
---
print(pcall(function() local x = 1
+
nil end))
---
print(pcall(function() local x = 'a'
..
nil
..
'b' end))
---
print(pcall(function() for i=1,
'x'
do end end))
---
print(pcall(function() for x
in
nil
do
end end))
---
print(pcall(function() local a
a
=
a.b end))
---
print(pcall(function() return 1
<
nil end))
---
print(pcall(function() local c=0 for i=1,'3' do c=c+1 end return c end))
---
print(pcall(function() local a='3' return a|1 end))
---
print(pcall(function() local a,b,c='a','b','c' for i=a,b,c do end end))
---
print(pcall(function() local a,b,c='a',2,'c' for i=a,b,c do end end))
---
print(pcall(function() local a,b,c=1,2,'c' for i=a,b,c do end end))
---
print(pcall(function() local a,b,c='a',2,0 for i=a,b,c do end end))
---
print(pcall(function() local a,b,c=1,'b',0 for i=a,b,c do end end))
---
print(pcall(function() local a = '10' return a+1, '0x10'+0, ' 5 '+1, -a, a*'2', '3'//1, 10%'3', a..1 end))
---
print(pcall(function() local a='10' return a//3 end))
---
print(pcall(function() local a={} return a//1 end))
---
print(pcall(function() local a='x' return a//1 end))
---
print(pcall(function() return setmetatable({},{__idiv=function() return 'idiv' end})//1 end))
---
print(pcall(function() return 1&setmetatable({},{__band=function() return 'band' end}) end))
---
print(pcall(function() return ~setmetatable({},{__bnot=function(a,b) return rawequal(a,b) end}) end))
---
print(pcall(function() return 1.5&setmetatable({},{__band=function() return 'band' end}) end))
---
print(pcall(function() return 'a'&setmetatable({},{__band=function() return 'band' end}) end))
---
print(pcall(function() local a,b=1.5,2 return a&b end))
---
print(pcall(function() local a,b=1,2.5 return a&b end))
---
print(pcall(function() local t={} t.x=1.5 return t.x&1 end))
---
print(pcall(function() local a,b='a','b' return a&b end))
---
print(pcall(function() local a,b=1,'b' return a&b end))
---
print(pcall(function() local a,b={},'b' return a&b end))
---
print(pcall(function() local a,b='b',{} return a&b end))
---
print(pcall(function() local a,b=1.5,'b' return a&b end))
---
print(pcall(function() local a,b=nil,1.5 return a&b end))
---
print(pcall(function() local a,b=1.5,nil return a&b end))
---
print(pcall(function() local a,b='1',2 return a&b, a<<1, ~a end))
---
print(pcall(function() return 1 > nil end))
---
print(pcall(function() return nil > 1 end))
---
print(pcall(function() return nil >= 'x' end))
---
print(pcall(function() local a return a > 1 end))
---
print(pcall(function() local t = {} return t.x.y.z end))
---
print(pcall(function() local t = {} t.x.y = 1 end))
---
print(pcall(function() local t = {} return t:x() end))
---
print(pcall(function() local s = 'a' s:nope() end))
---
print(pcall(function() return (5)() end))
---
print(pcall(function() local a = 1 a() end))
---
print(pcall(function() local a = {} a.b.c() end))
---
print(pcall(function() return math.nope() end))
---
print(pcall(function() return ('x')() end))
---
print(pcall(function() local a, b = {}, 1 return a .. b end))
---
print(pcall(function() local a = {} return 'x' .. 'y' .. a.b .. 'z' end))
---
print(pcall(function() return 1 .. {} .. 2 end))
---
print(pcall(function() local function f() end return f() .. 'x' end))
---
print(pcall(function() local a return -a end))
---
print(pcall(function() local a return ~a end))
---
print(pcall(function() local a = 1.5 return ~a end))
---
print(pcall(function() local a return a & 1 end))
---
print(pcall(function() local t = {} return t.x | 1 end))
---
print(pcall(function() local t = {} return 1 << t.x end))
---
print(pcall(function() local a = 'x' return a >> 1 end))
---
print(pcall(function() local a return a // 2 end))
---
print(pcall(function() local t = {} return 5 // t.y end))
---
print(pcall(function() return 'x' - 1 end))
---
print(pcall(function() return 2 * 'y' end))
---
print(pcall(function() return 'x' ^ 2 end))
---
print(pcall(function() local a = 'q' return a % 2 end))
---
print(pcall(function() return {} / 2 end))
---
print(pcall(function() local a = {} return a ^ 2 end))
---
print(pcall(function() local up return (function() return up.x end)() end))
---
print(pcall(function() local up return (function() return up() end)() end))
---
print(pcall(function() local up return (function() return up + 1 end)() end))
---
print(pcall(function() local up return (function() return up .. 'x' end)() end))
---
print(pcall(function() local up return (function() up.x = 1 end)() end))
---
print(pcall(function() undefined.x = 1 end))
---
print(pcall(function() return undefined.x.y end))
---
print(pcall(function() undefined() end))
---
print(pcall(function() undefined:method() end))
---
print(pcall(function() local t = {} t[1][2] = 3 end))
---
print(pcall(function() local t = {} local k = 'z' return t[k].q end))
---
print(pcall(function() local t = {} return t[1.5].q end))
---
print(pcall(function() local t = {} return t[true].q end))
---
print(pcall(function() return #5 end))
---
print(pcall(function() return #undefined end))
---
print(pcall(function() local t = setmetatable({}, {__index = 5}) return t.x end))
---
print(pcall(function() local t = setmetatable({}, {__call = 5}) t() end))
---
print(pcall(function() local t = {} t[nil] = 1 end))
---
print(pcall(function() local t = {} t[0/0] = 1 end))
---
print(pcall(function() error('lvl1') end))
---
print(pcall(function() error('lvl2', 2) end))
---
print(pcall(function() error('lvl0', 0) end))
---
print(pcall(function() error() end))
---
print(pcall(function() local t = setmetatable({}, {__name = 'My'}) return t + 1 end))
---
print(pcall(function() local t = setmetatable({}, {__name = 'My'}) return t < 1 end))
---
print(pcall(function() local t = setmetatable({}, {__name = 'My'}) return t.x.y end))
---
print(pcall(function() local t = setmetatable({}, {__name = 'My'}) t() end))
---
print(pcall(function() for x in undefined do end end))
---
print(pcall(function() for x in 5, 6 do end end))
---
print(pcall(function() local t = {} for x in t do end end))
