// Package ci_test tries the examples of CI out: the files are read, and the
// commands in them run on a project as users have it.
package ci_test

import (
	"encoding/xml"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const install = "go install github.com/luapush/luapush/cmd/luapush@latest"

// root is the repository.
const root = "../.."

// programs is the folder that luapush was built into.
var programs string

// TestMain builds luapush, which all tests use.
func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "luapush")
	if err != nil {
		log.Print(err)
		return 1
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-o", dir, "./cmd/luapush")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		log.Printf("%v\n%s", err, out)
		return 1
	}
	programs = dir
	return m.Run()
}

// project makes a git repository with a handler, its tests and its fixture.
func project(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"handler.lua", "handler_test.lua", "fixture.jsonl"} {
		data, err := os.ReadFile(filepath.Join(root, "examples", "new-mail-webhook", name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "webhook", name), string(data))
	}
	for _, command := range []string{"git init -q", "git add .", "git config user.name Test", "git config user.email test@example.com"} {
		if out, err := shell(t, dir, "", command); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o777); err != nil {
		t.Fatal(err)
	}
}

// shell runs a command in a folder, with the programs of another on its path,
// as CI does.
func shell(t *testing.T, dir, programs, command string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "bash", "-eo", "pipefail", "-c", command)
	c.Dir = dir
	c.Env = []string{"PATH=" + programs + ":" + os.Getenv("PATH"), "HOME=" + dir, "CI=true", "GIT_CONFIG_GLOBAL=/dev/null"}
	out, err := c.CombinedOutput()
	return string(out), err
}

func load(t *testing.T, path string) any {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	value, err := parseYAML(string(data))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return value
}

// at goes down into maps.
func at(t *testing.T, value any, path ...string) any {
	t.Helper()
	for _, name := range path {
		m, ok := value.(map[string]any)
		if !ok || m[name] == nil {
			t.Fatalf("there is no %s", strings.Join(path, "."))
		}
		value = m[name]
	}
	return value
}

// githubCommands and gitlabCommands are what the examples run.
func githubCommands(t *testing.T) (list []string) {
	t.Helper()
	workflow := load(t, "github-actions.yml")
	at(t, workflow, "on", "push")
	for _, step := range at(t, workflow, "jobs", "handlers", "steps").([]any) {
		m := step.(map[string]any)
		if command, ok := m["run"].(string); ok {
			list = append(list, command)
		} else if _, ok := m["uses"].(string); !ok {
			t.Errorf("a step neither runs nor uses anything: %v", m)
		}
	}
	return list
}

func gitlabCommands(t *testing.T) (list []string) {
	t.Helper()
	for _, command := range at(t, load(t, "gitlab-ci.yml"), "handlers", "script").([]any) {
		list = append(list, command.(string))
	}
	return list
}

// TestCommands: what the examples run works in a project as it is, and fails
// when a test does.
func TestCommands(t *testing.T) {
	for name, commands := range map[string][]string{"github": githubCommands(t), "gitlab": gitlabCommands(t)} {
		t.Run(name, func(t *testing.T) {
			dir := project(t)
			if commands[0] != install || len(commands) != 4 {
				t.Fatalf("%q", commands)
			}
			for _, command := range commands[1:] {
				if out, err := shell(t, dir, programs, command); err != nil {
					t.Errorf("%s: %v\n%s", command, err, out)
				}
			}
			for _, file := range []string{"reports/junit.xml", "reports/cobertura.xml"} {
				data, err := os.ReadFile(filepath.Join(dir, file))
				if err != nil {
					t.Fatal(err)
				}
				var root struct{ XMLName xml.Name }
				if err := xml.Unmarshal(data, &root); err != nil {
					t.Errorf("%s: %v", file, err)
				}
			}
			write(t, filepath.Join(dir, "webhook", "bad_test.lua"), "require('luapush.test').case('bad', function() error('x') end)\n")
			out, err := shell(t, dir, programs, commands[2])
			if err == nil {
				t.Errorf("a failing test does not fail the job\n%s", out)
			}
			if annotated := strings.Contains(out, "::error file=webhook/bad_test.lua,line=1,"); annotated != (name == "github") {
				t.Errorf("annotations: %v\n%s", annotated, out)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(root, strings.TrimSuffix(strings.TrimPrefix(install, "go install github.com/luapush/luapush/"), "@latest"))); err != nil {
		t.Errorf("what is installed is not there: %v", err)
	}
}

// TestGitLabCoverage: the pattern finds the share in the log.
func TestGitLabCoverage(t *testing.T) {
	text := at(t, load(t, "gitlab-ci.yml"), "handlers", "coverage").(string)
	pattern := regexp.MustCompile("(?m)" + strings.ReplaceAll(strings.Trim(text, "/"), `\/`, "/"))
	out, err := shell(t, project(t), programs, gitlabCommands(t)[2])
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if m := pattern.FindStringSubmatch(out); m == nil || m[1] == "0" {
		t.Errorf("%v in\n%s", m, out)
	}
}

// TestPreCommitHooks: pre-commit finds what it wants to know, and the hooks run
// on the files that they are for.
func TestPreCommitHooks(t *testing.T) {
	hooks := map[string]map[string]any{}
	for _, hook := range load(t, filepath.Join(root, ".pre-commit-hooks.yaml")).([]any) {
		m := hook.(map[string]any)
		hooks[m["id"].(string)] = m
	}
	var used []string
	for _, repo := range at(t, load(t, "pre-commit-config.yaml"), "repos").([]any) {
		for _, hook := range at(t, repo, "hooks").([]any) {
			used = append(used, at(t, hook, "id").(string))
		}
	}
	if diff := cmp.Diff([]string{"luapush-check", "luapush-test"}, used); diff != "" {
		t.Error(diff)
	}
	dir := project(t)
	for _, id := range used {
		hook := hooks[id]
		if hook == nil {
			t.Fatalf("there is no hook %s", id)
		}
		for _, field := range []string{"name", "description", "language", "entry", "files"} {
			if text, _ := hook[field].(string); text == "" {
				t.Errorf("%s has no %s", id, field)
			}
		}
		files := regexp.MustCompile(hook["files"].(string))
		if !files.MatchString("handler.lua") || !files.MatchString("a/handler.lua") || files.MatchString("README.md") {
			t.Errorf("%s is for %s", id, files)
		}
		command := hook["entry"].(string)
		if hook["pass_filenames"] != "false" {
			command += " webhook/handler.lua"
		}
		if out, err := shell(t, dir, programs, command); err != nil {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
	}
}

// TestGitHook: a commit that breaks a test is refused; one without anything
// that is tested needs no luapush.
func TestGitHook(t *testing.T) {
	dir := project(t)
	hook, err := os.ReadFile("pre-commit")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, ".git", "hooks", "pre-commit"), string(hook))
	commit := func(programs, change string) (string, error) {
		return shell(t, dir, programs, change+" && git add . && git commit -qm change")
	}
	if out, err := commit(programs, "true"); err != nil || !strings.Contains(out, "passed") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := commit("", "echo x > README"); err != nil || out != "" {
		t.Errorf("%v\n%s", err, out)
	}
	out, err := commit(programs, `echo "require('luapush.test').case('bad', function() error('x') end)" > webhook/bad_test.lua`)
	if err == nil || !strings.Contains(out, "1 error") {
		t.Errorf("a failing test was committed: %v\n%s", err, out)
	}
	out, err = commit(programs, `git rm -qf webhook/bad_test.lua && echo "local x = = 1" >> webhook/handler.lua`)
	if err == nil || !strings.Contains(out, "webhook/handler.lua:") {
		t.Errorf("a broken handler was committed: %v\n%s", err, out)
	}
}

func TestYAML(t *testing.T) {
	got, err := parseYAML("# c\na: 'it''s'\nb:\n  - x: \"1\"\n    y: |\n      one\n        two\n\n  - plain\nc:\n")
	want := map[string]any{"a": "it's", "b": []any{map[string]any{"x": "1", "y": "one\n  two\n"}, "plain"}, "c": ""}
	if diff := cmp.Diff(any(want), got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	for _, wrong := range []string{"a: b: c\n", "a: 1\na: 2\n", "a: 1\n  b: 2\n", "a: 1\n- b\n", "a: [1\n", "a:\tb\n", "a: x # y\n"} {
		if value, err := parseYAML(wrong); err == nil {
			t.Errorf("%q gives %v", wrong, value)
		}
	}
}
