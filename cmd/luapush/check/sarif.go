package check

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"unicode/utf8"
)

// The parts of a SARIF 2.1.0 log that luapush writes (OASIS, sections 3.13 and
// following).
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string      `json:"id"`
		Short   sarifText   `json:"shortDescription"`
		Full    sarifText   `json:"fullDescription"`
		Help    sarifText   `json:"help"`
		Default sarifConfig `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int        `json:"startLine"`
		StartColumn int        `json:"startColumn"`
		Snippet     *sarifText `json:"snippet,omitempty"`
	}
)

var sarifLevels = [...]string{Info: "note", Warning: "warning", Error: "error"}

// WriteSARIF writes findings as one SARIF 2.1.0 log, which code-scanning
// services take. version is luapush's, "" where it is not known. Columns count
// Unicode code points there.
func WriteSARIF(w io.Writer, version string, findings []Finding) error {
	driver := sarifDriver{Name: "luapush", Version: version, InformationURI: "https://github.com/luapush/luapush"}
	rules := Rules()
	for _, r := range rules {
		driver.Rules = append(driver.Rules, sarifRule{
			ID: r.ID, Short: sarifText{r.Title}, Full: sarifText{r.Why}, Help: sarifText{r.Page()},
			Default: sarifConfig{sarifLevels[r.Severity]},
		})
	}
	results := []sarifResult{}
	for _, f := range findings {
		message := f.Message
		if f.Hint != "" {
			message += ". " + f.Hint
		}
		region := sarifRegion{StartLine: f.Line, StartColumn: codePoints(f.Source, f.Column)}
		if f.Source != "" {
			region.Snippet = &sarifText{f.Source}
		}
		results = append(results, sarifResult{
			RuleID: f.Rule, RuleIndex: slices.IndexFunc(rules, func(r Rule) bool { return r.ID == f.Rule }),
			Level: sarifLevels[f.Severity], Message: sarifText{message},
			Locations: []sarifLocation{{sarifPhysical{sarifArtifact{fileURI(f.File)}, region}}},
		})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{{Tool: sarifTool{driver}, ColumnKind: "unicodeCodePoints", Results: results}},
	})
}

// codePoints turns a byte column into one of code points.
func codePoints(line string, column int) int {
	return utf8.RuneCountInString(line[:min(column-1, len(line))]) + 1
}

// fileURI gives a path as a URI reference: relative paths stay relative.
func fileURI(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
	}
	return u.String()
}
