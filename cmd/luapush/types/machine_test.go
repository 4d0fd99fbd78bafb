package types

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// probe prints every name that a script really finds.
const probe = `
local function show(class, t)
  for name, v in pairs(t) do
    if name ~= "item" and not name:find("^__") and (type(v) ~= "table" or class:find("Message")) then
      print(class .. "." .. name)
    end
  end
end
local function methods(class, object)
  show(class, getmetatable(object) or {})
  show(class, object)
end
function dovecot_lua_notify_begin_txn(user)
  methods("dovecot", dovecot)
  methods("dovecot.event", dovecot.event())
  methods("dovecot.mail_user", user)
  methods("dovecot.mailbox", user:mailbox("INBOX"))
  show("dovecot.storage", dovecot.storage)
  show("dovecot.base64", rawget(dovecot, "base64") or {})
  local http = rawget(dovecot, "http")
  if http then
    show("dovecot.http", http)
    local client = http.client({})
    local request = client:request({url = "http://127.0.0.1/"})
    methods("dovecot.http_client", client)
    methods("dovecot.http_request", request)
    methods("dovecot.http_response", request:submit())
  end
end
function dovecot_lua_notify_event_message_new(ctx, event)
  show("dovecot.MessageNew", event)
end
function dovecot_lua_notify_end_txn(ctx, success) end
`

const transaction = `{"version":1,"user":{"username":"alice@example.com","home":"/home/alice","uid":1,"gid":1,"service":"lmtp","session_id":"s","session_create_time":1},` +
	`"settings":{},"metadata":{},"mailboxes":{"INBOX":{"name":"INBOX","vname":"INBOX","status":{}}},"events":[{"name":"MessageNew","mailbox":"INBOX","uid":7,"uid_validity":1,"date":1,"tz":1,` +
	`"from":"a","from_address":"a","from_display_name":"a","to":"b","to_address":"b","to_display_name":"b","subject":"s","snippet":"t","message_id":"<m>","flags":["\\Seen"],"keywords":["k"]}],"success":true}`

// TestDefinitionsAreWhatTheMachineHas runs a script that looks around, and
// compares what it finds with the definitions.
func TestDefinitionsAreWhatTheMachineHas(t *testing.T) {
	for _, name := range releases {
		t.Run(name, func(t *testing.T) {
			r := release(t, name)
			got := strings.Fields(output(t, r, probe))
			slices.Sort(got)
			want := reachable(read(t, Definitions(r)))
			if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
				t.Errorf("(-defined +found):\n%s", diff)
			}
		})
	}
}

// reachable reduces what definitions say to the names that the probe prints.
func reachable(defined []string) []string {
	var list []string
	for _, d := range defined {
		d, isFunction := strings.CutPrefix(d, "function ")
		d, _, _ = strings.Cut(d, "(")
		d, _, _ = strings.Cut(d, "=")
		d = strings.TrimSuffix(d, "?")
		i := strings.LastIndexAny(d, ".:")
		if i < 0 || strings.HasPrefix(d, "luapush") {
			continue // an entry point, or of the module, which has a test of its own
		}
		class, name := d[:i], d[i+1:]
		if isFunction && class != "dovecot" && !strings.HasPrefix(class, "dovecot.") {
			class = "dovecot." + class
		}
		switch class {
		case "dovecot.mailbox_status", "dovecot.http_settings", "dovecot.http_request_settings":
			continue
		}
		if strings.HasPrefix(class, "dovecot.M") && class != "dovecot.MessageNew" || strings.HasPrefix(class, "dovecot.Flags") {
			continue
		}
		list = append(list, fmt.Sprintf("%s.%s", class, name))
	}
	slices.Sort(list)
	return slices.Compact(list)
}
