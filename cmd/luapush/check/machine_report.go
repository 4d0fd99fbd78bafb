package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// jsonFinding is a finding as one JSON object; programs rely on the names.
type jsonFinding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Source   string `json:"source"`
}

// WriteJSON writes findings as JSON Lines, one object each.
func WriteJSON(w io.Writer, findings []Finding) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, f := range findings {
		if err := e.Encode(jsonFinding{
			Rule: f.Rule, Severity: f.Severity.String(), File: f.File, Line: f.Line, Column: f.Column,
			Message: f.Message, Hint: f.Hint, Source: f.Source,
		}); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// WriteGitHub writes findings as workflow commands, which GitHub shows beside
// the lines of a pull request.
func WriteGitHub(w io.Writer, findings []Finding) error {
	var b bytes.Buffer
	for _, f := range findings {
		level := f.Severity.String()
		if f.Severity == Info {
			level = "notice"
		}
		message := f.Message
		if f.Hint != "" {
			message += "\n" + f.Hint
		}
		fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d,title=%s::%s\n",
			level, githubProperty.Replace(f.File), f.Line, f.Column, f.Rule, githubData.Replace(message))
	}
	_, err := w.Write(b.Bytes())
	return err
}

var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
