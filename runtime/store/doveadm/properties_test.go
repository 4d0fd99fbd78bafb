package doveadm

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDefaultsAreTheConnectors(t *testing.T) {
	want := Settings{
		TotalConnections: 100, ReadTimeout: 10000 * time.Millisecond,
		ConnectTimeout: 3000 * time.Millisecond, CheckInterval: 60000 * time.Millisecond,
	}
	if diff := cmp.Diff(want, Defaults()); diff != "" {
		t.Error(diff)
	}
	got, err := ReadProperties(strings.NewReader("# nothing\n"), "p")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestReadProperties(t *testing.T) {
	const file = `# The connector
! another comment
com.openexchange.dovecot.doveadm.enabled=true
com.openexchange.dovecot.doveadm.endpoints = http://one.example.com:8080/doveadm/v1, \
    https://two.example.com:8443

com.openexchange.dovecot.doveadm.endpoints.totalConnections:50
com.openexchange.dovecot.doveadm.endpoints.maxConnectionsPerRoute 7
com.openexchange.dovecot.doveadm.endpoints.readTimeout= 20000
com.openexchange.dovecot.doveadm.endpoints.connectTimeout =500
com.openexchange.dovecot.doveadm.endpoints.checkInterval=0
com.openexchange.dovecot.doveadm.apiSecret=a\=b\\c\u00e4\tq=d e
com.openexchange.other=1
`
	want := Settings{
		Enabled:          true,
		Endpoints:        []string{"http://one.example.com:8080/doveadm/v1", "https://two.example.com:8443"},
		TotalConnections: 50, MaxConnectionsPerRoute: 7,
		ReadTimeout: 20 * time.Second, ConnectTimeout: 500 * time.Millisecond,
		APISecret: "a=b\\cä\tq=d e",
	}
	got, err := ReadProperties(strings.NewReader(file), "doveadm.properties")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestWhatIsWrongWithPropertiesIsNamed(t *testing.T) {
	const good = "com.openexchange.dovecot.doveadm.enabled=true\ncom.openexchange.dovecot.doveadm.apiSecret=s3cret\n" +
		"com.openexchange.dovecot.doveadm.endpoints=http://h\n"
	for file, want := range map[string]string{
		good + Prefix + "endpoints.readTimout=1":                  "p:4: " + Prefix + "endpoints.readTimout: no such setting; there are enabled, endpoints,",
		good + Prefix + "endpoints.readTimeout=1s":                `p:4: ` + Prefix + `endpoints.readTimeout: "1s" is not a number of milliseconds`,
		good + Prefix + "endpoints.totalConnections=x":            `p:4: ` + Prefix + `endpoints.totalConnections: "x" is not a whole number`,
		good + Prefix + "endpoints.totalConnections=0":            `p: ` + Prefix + `endpoints.totalConnections: 0: at least 1`,
		good + Prefix + "enabled=yes":                             `p:4: ` + Prefix + `enabled: "yes" is neither true nor false`,
		good + Prefix + `apiSecret=\u12`:                          `p:4: \u needs four hex digits`,
		good + Prefix + "endpoints=ftp://h":                       `endpoints: "ftp://h": a URL begins with http`,
		good + Prefix + "endpoints=http://u:pw99@h/?x=1":          `endpoints: "http://u:xxxxx@h/?x=1": a query or fragment has no meaning here`,
		good + Prefix + "endpoints=http://u:pw99@h:x":             `not shown, since it may hold a password`,
		good + Prefix + "endpoints=http:///x":                     `the host is missing`,
		good + Prefix + "endpoints= ,":                            `endpoints: is empty`,
		Prefix + "enabled=true\n" + Prefix + "endpoints=http://h": `apiSecret: is empty`,
	} {
		_, err := ReadProperties(strings.NewReader(file), "p")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "pw99") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q:\n%v\nwant %s", file, err, want)
		}
	}
	// What is switched off may be incomplete.
	if _, err := ReadProperties(strings.NewReader(Prefix+"endpoints=x"), "p"); err != nil {
		t.Error(err)
	}
	if _, err := New(Defaults(), Options{}); err == nil || !strings.Contains(err.Error(), "enabled is not true") {
		t.Errorf("a connector that is off: %v", err)
	}
}

func TestTheSecretIsNotShown(t *testing.T) {
	s := Defaults()
	if err := s.Set("com.openexchange.dovecot.doveadm.apiSecret", "s3cret"); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprint(s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s), fmt.Sprintf("%q", s.APISecret), string(encoded)} {
		if strings.Contains(shown, "s3cret") {
			t.Errorf("shown: %s", shown)
		}
	}
}

func FuzzProperties(f *testing.F) {
	f.Add("a=b\n# c\nd\\ e : f\\\n  g\\u0041\n")
	f.Add(Prefix + "endpoints = http://h, \\\n")
	f.Fuzz(func(t *testing.T, file string) {
		last := 0
		_ = eachProperty(strings.NewReader(file), func(line int, key, value string, err error) {
			if line <= last || line > 1+strings.Count(file, "\n") {
				t.Fatalf("line %d after %d", line, last)
			}
			last = line
		})
	})
}
