package syntax

import "testing"

func TestText(t *testing.T) {
	for source, want := range map[string]string{
		`nil`: "nil", `true`: "true", `false`: "false", `...`: "...",
		`12`: "12", `0x10`: "16", `1.5`: "1.5", `1e300`: "1e+300", `2 + 3`: "5", `-1`: "-1",
		`"a"`: `"a"`, `'a"b\\'`: `"a\"b\\"`, "'\\n\\r\\t\\0\\127\\200'": "\"\\n\\r\\t\\x00\\x7f\xc8\"",
		`[[long]]`:      `"long"`,
		`a.b["c"][1].d`: `a.b["c"][1].d`, `a [ b ]`: "a[b]",
		`f()`: "f()", `f(1,x)`: "f(1, x)", `f"s"`: `f("s")`, `f{}`: "f({})", `o:m(1):n()`: "o:m(1):n()",
		`function(a) return a end`: "function(…) … end", `{}`: "{}", `{1, 2}`: "{…}", `f(function() end, {1})`: "f(function(…) … end, {…})",
		`not  a`: "not a", `-a`: "-a", `#a`: "#a", `~a`: "~a", `a+b*c`: "a + b * c", `(a+b)*c`: "(a + b) * c",
		`a and b or  c`: "a and b or c", `a..b..c`: "a .. b .. c", `a~=b`: "a ~= b", `a//b<<c`: "a // b << c",
	} {
		chunk, err := Parse("return "+source, "=t")
		if err != nil {
			t.Fatal(err)
		}
		if got := Text(chunk.Main.Body.Stmts[0].(*Return).Values[0]); got != want {
			t.Errorf("%s: got %s, want %s", source, got, want)
		}
	}
}
