package coverage

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// The elements of Cobertura's XML, by coverage-04.dtd.
type (
	coberturaReport struct {
		XMLName         xml.Name           `xml:"coverage"`
		LineRate        string             `xml:"line-rate,attr"`
		BranchRate      string             `xml:"branch-rate,attr"`
		LinesCovered    int                `xml:"lines-covered,attr"`
		LinesValid      int                `xml:"lines-valid,attr"`
		BranchesCovered int                `xml:"branches-covered,attr"`
		BranchesValid   int                `xml:"branches-valid,attr"`
		Complexity      string             `xml:"complexity,attr"`
		Version         string             `xml:"version,attr"`
		Timestamp       int64              `xml:"timestamp,attr"`
		Sources         []string           `xml:"sources>source"`
		Packages        []coberturaPackage `xml:"packages>package"`
	}
	coberturaPackage struct {
		Name       string           `xml:"name,attr"`
		LineRate   string           `xml:"line-rate,attr"`
		BranchRate string           `xml:"branch-rate,attr"`
		Complexity string           `xml:"complexity,attr"`
		Classes    []coberturaClass `xml:"classes>class"`
	}
	coberturaClass struct {
		Name       string            `xml:"name,attr"`
		Filename   string            `xml:"filename,attr"`
		LineRate   string            `xml:"line-rate,attr"`
		BranchRate string            `xml:"branch-rate,attr"`
		Complexity string            `xml:"complexity,attr"`
		Methods    coberturaMethods  `xml:"methods"`
		Lines      coberturaLineList `xml:"lines"`
	}
	coberturaMethods struct {
		Methods []coberturaMethod `xml:"method"`
	}
	coberturaMethod struct {
		Name       string            `xml:"name,attr"`
		Signature  string            `xml:"signature,attr"`
		LineRate   string            `xml:"line-rate,attr"`
		BranchRate string            `xml:"branch-rate,attr"`
		Complexity string            `xml:"complexity,attr"`
		Lines      coberturaLineList `xml:"lines"`
	}
	coberturaLineList struct {
		Lines []coberturaLine `xml:"line"`
	}
	coberturaLine struct {
		Number     int                  `xml:"number,attr"`
		Hits       uint64               `xml:"hits,attr"`
		Branch     bool                 `xml:"branch,attr"`
		Condition  string               `xml:"condition-coverage,attr,omitempty"`
		Conditions *coberturaConditions `xml:"conditions"`
	}
	coberturaConditions struct {
		Conditions []coberturaCondition `xml:"condition"`
	}
	coberturaCondition struct {
		Number   int    `xml:"number,attr"`
		Type     string `xml:"type,attr"`
		Coverage string `xml:"coverage,attr"`
	}
)

const coberturaHead = xml.Header + `<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">` + "\n"

// writeCobertura writes Cobertura's XML, which GitLab, Jenkins and Azure read:
// a package for each folder, a class for each file.
func (r *Report) writeCobertura(out io.Writer, o Options) error {
	t := r.Totals()
	made := coberturaReport{
		LineRate: rate(t.Lines), BranchRate: rate(t.Branches), LinesCovered: t.Lines.Hit, LinesValid: t.Lines.All,
		BranchesCovered: t.Branches.Hit, BranchesValid: t.Branches.All, Complexity: "0", Version: "luapush",
		Timestamp: o.Now.UnixMilli(), Sources: []string{"."},
	}
	for i := 0; i < len(r.Files); {
		folder := filepath.Dir(r.Files[i].Name)
		var lines, branches Counts
		p := coberturaPackage{Name: packageName(folder), Complexity: "0"}
		for ; i < len(r.Files) && filepath.Dir(r.Files[i].Name) == folder; i++ {
			f := &r.Files[i]
			own := f.Totals()
			lines, branches = lines.plus(own.Lines), branches.plus(own.Branches)
			p.Classes = append(p.Classes, f.cobertura(own))
		}
		p.LineRate, p.BranchRate = rate(lines), rate(branches)
		made.Packages = append(made.Packages, p)
	}
	if _, err := io.WriteString(out, coberturaHead); err != nil {
		return err
	}
	e := xml.NewEncoder(out)
	e.Indent("", "  ")
	if err := e.Encode(made); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

func packageName(folder string) string {
	name := strings.ReplaceAll(strings.Trim(filepath.ToSlash(folder), "./"), "/", ".")
	if name == "" {
		return "."
	}
	return name
}

// rate is a share between 0 and 1.
func rate(c Counts) string { return strconv.FormatFloat(c.Percent()/100, 'f', 4, 64) }

func (f *File) cobertura(t Totals) coberturaClass {
	c := coberturaClass{
		Name: strings.TrimSuffix(filepath.Base(f.Name), ".lua"), Filename: filepath.ToSlash(f.Name),
		LineRate: rate(t.Lines), BranchRate: rate(t.Branches), Complexity: "0",
	}
	names := f.functionNames()
	for i, fn := range f.Functions {
		var reached Counts
		reached.add(fn.Hits > 0)
		c.Methods.Methods = append(c.Methods.Methods, coberturaMethod{
			Name: names[i], Signature: "()", LineRate: rate(reached), BranchRate: rate(reached), Complexity: "0",
			Lines: coberturaLineList{[]coberturaLine{{Number: fn.Line, Hits: fn.Hits}}},
		})
	}
	c.Lines.Lines = f.coberturaLines()
	return c
}

// coberturaLines are the executable lines and those with branches.
func (f *File) coberturaLines() []coberturaLine {
	var list []coberturaLine
	sites := f.sites()
	next := func(limit int) {
		for len(sites) > 0 && sites[0][0].Line < limit {
			// The line of a branch in the middle of a statement.
			l := coberturaLine{Number: sites[0][0].Line}
			for _, b := range sites[0] {
				l.Hits = max(l.Hits, b.Hits)
			}
			sites = l.branches(sites)
			list = append(list, l)
		}
	}
	for _, line := range f.Lines {
		next(line.Number)
		l := coberturaLine{Number: line.Number, Hits: line.Hits}
		sites = l.branches(sites)
		list = append(list, l)
	}
	next(1 << 30)
	return list
}

// branches takes the branches of its line off the list.
func (l *coberturaLine) branches(sites []arms) []arms {
	var c Counts
	var conditions []coberturaCondition
	for len(sites) > 0 && sites[0][0].Line == l.Number {
		own := sites[0].counts()
		c = c.plus(own)
		conditions = append(conditions, coberturaCondition{
			Number: len(conditions), Type: sites[0][0].Kind, Coverage: fmt.Sprintf("%.0f%%", own.Percent()),
		})
		sites = sites[1:]
	}
	if len(conditions) > 0 {
		l.Branch = true
		l.Condition = fmt.Sprintf("%.0f%% (%d/%d)", c.Percent(), c.Hit, c.All)
		l.Conditions = &coberturaConditions{conditions}
	}
	return sites
}
