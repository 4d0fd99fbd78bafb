package doveadm

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/mail"
)

func TestReadReply(t *testing.T) {
	for name, c := range map[string]struct {
		reply string
		want  []mail.Map[string]
	}{
		"no rows":  {`[["doveadmResponse",[],"t"]]`, []mail.Map[string]{}},
		"rows":     {`[["doveadmResponse",[{"mailbox":"INBOX","unseen":"2"},{"mailbox":"A"}],"t"]]`, []mail.Map[string]{{{Key: "mailbox", Value: "INBOX"}, {Key: "unseen", Value: "2"}}, {{Key: "mailbox", Value: "A"}}}},
		"numbers":  {"[ [ \"doveadmResponse\" , [ { \"a\" : -1.5e3 , \"b\":true } ] , \"t\" ] ]\n", []mail.Map[string]{{{Key: "a", Value: "-1.5e3"}, {Key: "b", Value: "true"}}}},
		"escapes":  {`[["doveadmResponse",[{"v":"\"\\\/\b\f\n\r\t\u0001\u00e4\ud83d\ude00\ud83dx"}],"t"]]`, []mail.Map[string]{{{Key: "v", Value: "\"\\/\b\f\n\r\t\x01ä😀\ufffdx"}}}},
		"any byte": {"[[\"doveadmResponse\",[{\"v\":\"\xe4\xff\x01\n\"}],\"t\"]]", []mail.Map[string]{{{Key: "v", Value: "\xe4\xff\x01\n"}}}},
		// Of several commands; the commas around errors are missing in 2.3.
		"beside an error": {`[["error",{"type":"unknownMethod", "exitCode":0},"x"]["doveadmResponse",[],"t"]]`, []mail.Map[string]{}},
		"a comma first":   {`[,["error",{},"x"],,["doveadmResponse",[],"t"]]`, []mail.Map[string]{}},
	} {
		rows, refused, err := readReply([]byte(c.reply), "t")
		if diff := cmp.Diff(c.want, rows); diff != "" || refused != nil || err != nil {
			t.Errorf("%s: %v %v %s", name, refused, err, diff)
		}
	}
}

func TestReadReplyOfAnError(t *testing.T) {
	for reply, want := range map[string]refusal{
		`[["error",{"type":"exitCode", "exitCode":68},"t"]]`:                     {"exitCode", 68},
		`[["error",{"type":"unknownMethod", "exitCode":0},"t"]]`:                 {"unknownMethod", 0},
		`[["doveadmResponse",[],"x"]["error",{"type":"unAuthorized"},"t"]]`:      {"unAuthorized", 0},
		`[,["error",{"type":"invalidRequest", "exitCode":0},"t"]]`:               {"invalidRequest", 0},
		`[["error",{"exitCode":"68","type":5,"more":[{}]},"t"]]`:                 {"error", 0},
		`[["error","text","t"]]`:                                                 {"error", 0},
		`[["error",{"type":"internalError","exitCode":0},"t"],["error",{},"x"]]`: {"internalError", 0},
	} {
		rows, refused, err := readReply([]byte(reply), "t")
		if err != nil || rows != nil || refused == nil || *refused != want {
			t.Errorf("%s: %v %+v %v", reply, rows, refused, err)
		}
	}
}

func TestReadReplyOfSomethingElse(t *testing.T) {
	for reply, want := range map[string]string{
		``:                                     "at byte 0: an array was expected",
		`<html>`:                               "at byte 0: an array was expected",
		`[]`:                                   "no answer to the command t among 0 elements",
		`[["doveadmResponse",[],"x"]]`:         "no answer to the command t among 1 elements",
		`[["doveadmResponse",[],"t"]`:          "the answer is cut off",
		`[["doveadmResponse",[{"a":"b`:         "the answer is cut off",
		`[["doveadmResponse",[{"a":"b\`:        "the answer is cut off",
		`[["doveadmResponse",[],"t"]] x`:       "nothing was expected behind the array",
		`[["doveadmResponse",{},"t"]]`:         "the result is not a list of rows",
		`[["doveadmResponse",["a"],"t"]]`:      "a row is not an object",
		`[["doveadmResponse",[{"a":[]}],"t"]]`: `the field "a" of a row is neither a text nor a number`,
		`[["doveadmResponse" [],"t"]]`:         "a comma or the end of an array was expected",
		`[{"a" "b"}]`:                          "a colon was expected",
		`[{"a":1 "b":2}]`:                      "a comma or the end of an object was expected",
		`[{a:1}]`:                              "a name was expected",
		`["\x"]`:                               "an unknown escape",
		`[nil]`:                                "a value was expected",
		`[+]`:                                  "a value was expected",
		strings.Repeat("[", 1000):              "nested too deep",
	} {
		rows, refused, err := readReply([]byte(reply), "t")
		if err == nil || !strings.Contains(err.Error(), want) || rows != nil || refused != nil {
			t.Errorf("%s: %v, want %s", reply, err, want)
		}
	}
}

func TestEncode(t *testing.T) {
	body, err := encode("mailboxMetadataSet", []parameter{{"user", "a@b"}, {"flag", true}, {"list", []string{"x", "y\"\\"}}, {"value", "\t\x7f\xffä"}})
	want := `[["mailboxMetadataSet",{"user":"a@b","flag":true,"list":["x","y\"\\"],"value":"\u0009\u007f` + "\xffä" + `"},"luapush"]]`
	if err != nil || string(body) != want {
		t.Errorf("%s, %v", body, err)
	}
	for _, p := range []parameter{{"user", ""}, {"user", "*@b"}, {"user", "a?b"}, {"value", "\x00"}, {"list", []string{"a", "\x00"}}} {
		if body, err := encode("x", []parameter{p}); err == nil {
			t.Errorf("%v is sent as %s", p, body)
		}
	}
}

func FuzzReply(f *testing.F) {
	f.Add([]byte(`[["doveadmResponse",[{"mailbox":"INBOX","unseen":"2"}],"t"]]`))
	f.Add([]byte(`[,["error",{"type":"unknownMethod", "exitCode":0},"t"]["doveadmResponse",[],"x"]]`))
	f.Add([]byte("[[\"doveadmResponse\",[{\"v\":\"\\ud83d\\ude00\xff\"}],\"t\"]]"))
	f.Fuzz(func(t *testing.T, reply []byte) {
		rows, refused, err := readReply(reply, "t")
		if (err != nil) && (rows != nil || refused != nil) || rows != nil && refused != nil {
			t.Fatalf("%v %v %v", rows, refused, err)
		}
		for _, row := range rows {
			for _, m := range row {
				// What came in can go out, and comes back the same.
				again, _, err := readReply(append(appendString([]byte(`[["doveadmResponse",[{"v":`), m.Value), `}],"t"]]`...), "t")
				if err != nil || len(again) != 1 || again[0][0].Value != m.Value {
					t.Fatalf("%q comes back as %v, %v", m.Value, again, err)
				}
			}
		}
	})
}
