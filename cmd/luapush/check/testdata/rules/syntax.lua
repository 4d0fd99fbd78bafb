--- a missing end
function f()
  if x then
end
--> syntax: 'end' expected (to close 'function' at line 1) near <eof>
--- a misspelt keyword
function f()
  retrun 1 --> syntax: syntax error near '1'
end
--- right
local x = 1 // 2 | 3
goto done
::done::
