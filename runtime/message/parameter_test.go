package message

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParameters(t *testing.T) {
	for value, want := range map[string]string{
		`attachment; filename=a.ics`:                                                     `attachment filename="a.ics"`,
		`ATTACHMENT; FILENAME="A B.ICS"`:                                                 `attachment filename="A B.ICS"`,
		`attachment; filename=my invite.ics`:                                             `attachment filename="my invite.ics"`,
		`attachment; filename=invite (1).ics`:                                            `attachment filename="invite (1).ics"`,
		`attachment; filename=a.ics (comment)`:                                           `attachment filename="a.ics"`,
		`attachment; filename*=utf-8''in%20vite.ics`:                                     `attachment filename="in vite.ics"`,
		`attachment; filename*=ISO-8859-1'de'%E4.ics`:                                    `attachment filename="ä.ics"`,
		`attachment; filename*=nonsense''%E4.ics`:                                        "attachment filename=\"\uFFFD.ics\"",
		`attachment; filename*=%E4.ics`:                                                  "attachment filename=\"\uFFFD.ics\"",
		`attachment; filename*0="inv"; filename*1="ite.ics"`:                             `attachment filename="invite.ics"`,
		`attachment; filename*1="ite.ics"; filename*0="inv"`:                             `attachment filename="invite.ics"`,
		`attachment; filename*0*=utf-8''in%C3%A4; filename*1=vi%74e; filename*2*=.i%63s`: `attachment filename="inävi%74e.ics"`,
		`attachment; filename*0*=utf-8''in%C3; filename*1*=%A4.ics`:                      `attachment filename="inä.ics"`,
		`attachment; filename*10=k; filename*2=c; filename*0=a; filename*0=z`:            `attachment filename="ack"`,
		`attachment; filename=plain.txt; filename*=utf-8''better.ics`:                    `attachment filename="better.ics"`,
		`attachment; filename="=?utf-8?q?inv=C3=A4.ics?="`:                               `attachment filename="invä.ics"`,
		`attachment; filename="=?iso-8859-1?B?5C5pY3M=?="`:                               `attachment filename="ä.ics"`,
		`attachment; filename="=?bogus?q?x.ics?="`:                                       `attachment filename="=?bogus?q?x.ics?="`,
		"attachment; filename=\"\xe4.ics\"":                                              "attachment filename=\"\uFFFD.ics\"",
		`attachment; filename="ä.ics"`:                                                   `attachment filename="ä.ics"`,
		`attachment; filename=a.ics; filename=b.txt`:                                     `attachment filename="a.ics"`,
		`inline`:                                                      `inline`,
		`filename=a.ics`:                                              ``,
		`attachment filename=a.ics`:                                   `attachment`,
		`attachment;filename="a\"b.ics"`:                              `attachment filename="a\"b.ics"`,
		`attachment; filename="unclosed.ics`:                          `attachment filename="unclosed.ics"`,
		`;filename=a.ics`:                                             ` filename="a.ics"`,
		`attachment; foo; filename=a.ics`:                             `attachment filename="a.ics"`,
		`attachment; filename = a.ics`:                                `attachment filename="a.ics"`,
		`attachment; filename=""`:                                     `attachment filename=""`,
		`attachment; filename="a.ics" junk; x=y`:                      `attachment filename="a.ics" x="y"`,
		`attachment; filename="a;b.ics"; x=y`:                         `attachment filename="a;b.ics" x="y"`,
		"attachment;\n\tfilename=\"a\n b.ics\"":                       `attachment filename="a b.ics"`,
		`text/calendar; method=REQUEST; charset="utf-8"`:              `text/calendar charset="utf-8" method="REQUEST"`,
		`(a (nested) comment) Text/(x)Plain (y); charset=(z)us-ascii`: `text/plain charset="us-ascii"`,
		`text/html charset=x`:                                         `text/html`,
		`text/plain/x`:                                                ``,
		`text`:                                                        `text`,
		``:                                                            ``,
		`(`:                                                           ``,
		`(\`:                                                          ``,
		`x; a="\`:                                                     `x a="\\"`,
		`x; a*99999999999999999999=b`:                                 `x a*99999999999999999999="b"`,
	} {
		word, params := parameters(value)
		got := word
		for _, name := range []string{"a", "a*99999999999999999999", "charset", "filename", "method", "x"} {
			if text, ok := params[name]; ok {
				got += fmt.Sprintf(" %s=%q", name, text)
				delete(params, name)
			}
		}
		if got != want || len(params) > 0 {
			t.Errorf("%s\n got %s %v\nwant %s", value, got, params, want)
		}
	}
}

// TestManyParametersAreBounded: a field is of any length.
func TestManyParametersAreBounded(t *testing.T) {
	_, params := parameters("x" + strings.Repeat("; a*0=b", 3*maxParameters))
	if diff := cmp.Diff(map[string]string{"a": "b"}, params); diff != "" {
		t.Error(diff)
	}
	var b strings.Builder
	for i := range 3 * maxParameters {
		fmt.Fprintf(&b, "; p%d=x", i)
	}
	if _, params = parameters("x" + b.String()); len(params) != maxParameters {
		t.Errorf("%d parameters", len(params))
	}
}
