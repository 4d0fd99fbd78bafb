package config

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"testing"
)

// frozenText is a JSON string, or {"$base64":"…"} for bytes that are not UTF-8.
type frozenText struct {
	text string
	set  bool
}

func (f *frozenText) UnmarshalJSON(data []byte) error {
	f.set = true
	if data[0] == '"' {
		return json.Unmarshal(data, &f.text)
	}
	var wrapped struct {
		Base64 []byte `json:"$base64"`
	}
	err := json.Unmarshal(data, &wrapped)
	f.text = string(wrapped.Base64)
	return err
}

func (f frozenText) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"$base64": base64.StdEncoding.EncodeToString([]byte(f.text))})
}

// readLines calls each with every line of a JSON Lines file.
func readLines(t testing.TB, path string, each func(line int, data []byte)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for number := 1; lines.Scan(); number++ {
		each(number, lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}
