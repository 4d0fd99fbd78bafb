package report_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/cmd/luapush/testkit/report"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		list []string
		want []report.Target
		err  string
	}{
		{nil, []report.Target{{Format: "pretty"}}, ""},
		{[]string{"tap"}, []report.Target{{Format: "tap"}}, ""},
		{[]string{"tap=-"}, []report.Target{{Format: "tap", File: "-"}}, ""},
		{[]string{"junit=a=b.xml"}, []report.Target{{Format: "pretty"}, {Format: "junit", File: "a=b.xml"}}, ""},
		{[]string{"junit=f.xml", "tap"}, []report.Target{{Format: "junit", File: "f.xml"}, {Format: "tap"}}, ""},
		{[]string{"github=/dev/stderr"}, []report.Target{{Format: "pretty"}, {Format: "github", File: "/dev/stderr"}}, ""},
		{[]string{"tap", "json"}, nil, "tap and json cannot both have standard output: give one of them a file, such as json=FILE"},
		{[]string{"tap", "json=/dev/stdout"}, nil, "cannot both have standard output"},
		{[]string{"junit=x", "tap=./x"}, nil, "junit and tap cannot share the file ./x"},
		{[]string{"junit="}, nil, `"junit=" names no file: give junit=FILE, or junit alone for standard output`},
		{[]string{"junti=x"}, nil, `there is no report "junti"; did you mean junit?`},
		{[]string{"html"}, nil, `there is no report "html"; there are pretty, tap, junit, json, github`},
	} {
		got, err := report.Parse(test.list)
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%q: %v, want %s", test.list, err, test.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", test.list, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: %s", test.list, diff)
		}
	}
}
