package types

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/httpclient"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/transport"
)

// samples are Lua values by the type of a setting as it is described, for
// settings that take text of a kind by their name.
var samples = map[string]string{
	"proxy_url": `"http://127.0.0.1:8080/"`, "ssl_min_protocol": `"TLSv1.3"`, "time": `"2s"`,
	"string": `"x"`, "number": "1", "boolean": "true", `"yes"`: `"yes"`, `"no"`: `"no"`, "dovecot.event": "dovecot.event()",
}

// TestSettingsTakeTheirTypes gives dovecot.http.client a value of each type that
// the definitions allow for a setting, and wants it to be taken. A Lua value of
// another type is refused where the definitions are narrower than Lua's own.
func TestSettingsTakeTheirTypes(t *testing.T) {
	for _, name := range []string{"2.3", "2.4"} {
		r := release(t, name)
		var script strings.Builder
		script.WriteString("local function try(expected, key, value)\n" +
			"  local ok, problem = pcall(dovecot.http.client, {[key] = value})\n" +
			"  if ok ~= expected then print(key, value, problem) end\nend\n")
		tried := 0
		try := func(expected bool, o httpclient.Option, sample string) {
			tried++
			fmt.Fprintf(&script, "try(%v, %q, %s)\n", expected, o.Name, sample)
		}
		for _, o := range bindings.HTTPSettings(r) {
			if o.Name == "event_parent" && !r.AtLeast(2, 4) {
				try(false, o, samples["dovecot.event"])
				continue
			}
			kind := settingType(o, r)
			for _, alternative := range strings.Split(kind, "|") {
				switch {
				case alternative != "string":
					try(true, o, samples[alternative])
				case samples[o.Name] != "":
					try(true, o, samples[o.Name])
				case o.Type == "time":
					try(true, o, samples["time"])
				case o.Type == "number" || o.Type == "size":
					try(true, o, `"1"`)
				default:
					try(true, o, samples["string"])
				}
			}
			switch {
			case o.Ignored:
			case kind == `"yes"|"no"`:
				try(false, o, "false")
			case o.Type == "time":
				try(false, o, "2000")
			case o.Type == "number":
				try(false, o, "{}")
			}
		}
		script.WriteString("function dovecot_lua_notify_begin_txn(user) end\n" +
			"function dovecot_lua_notify_event_message_new(ctx, event) end\nfunction dovecot_lua_notify_end_txn(ctx, success) end\n")
		if out := output(t, r, script.String()); out != "" || tried < 20 {
			t.Errorf("%s: %d tried, and otherwise than defined:\n%s", r, tried, out)
		}
	}
}

// output gives what a script prints when a transaction is played through it.
func output(t *testing.T, r dovecot.Release, script string) string {
	t.Helper()
	carrier, err := transport.Parse("dry", transport.LiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Dovecot: r, Strict: true, HTTP: carrier, Lua: lua.Options{Stdout: &out},
	})
	program, err := host.Compile("probe.lua", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	from := source.NewReader(strings.NewReader(transaction), "transaction")
	defer from.Close()
	summary, err := host.Run(context.Background(), program, from)
	if err != nil || summary.Errors > 0 {
		t.Fatalf("%v, %d errors", err, summary.Errors)
	}
	return out.String()
}
