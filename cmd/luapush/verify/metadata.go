package verify

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/luapush/luapush/runtime/store/dict"
)

// server is where the entries of the user are kept, below those of INBOX.
const server = "vendor/vendor.dovecot/pvt/server/"

// metadata reads the users' entries.
func (s *Stage) metadata(users []string, to map[MetadataKey]string) error {
	for _, u := range users {
		entries, err := dict.File{Path: filepath.Join(s.Home(u), "dovecot-attributes")}.Read()
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			continue
		}
		names, err := s.guids(u)
		if err != nil {
			return err
		}
		for _, e := range entries {
			scope, rest, _ := strings.Cut(e.Key, "/")
			guid, rest, found := strings.Cut(rest, "/")
			if !found {
				return fmt.Errorf("metadata of %s: a key %q", u, e.Key)
			}
			k := MetadataKey{User: u, Mailbox: names[guid]}
			if k.Mailbox == "" {
				k.Mailbox = guid
			}
			if below, ok := strings.CutPrefix(rest, server); ok {
				k.Mailbox, rest = "", below
			}
			if scope == "priv" {
				scope = "private"
			}
			k.Key = "/" + scope + "/" + rest
			to[k] = e.Value
		}
	}
	return nil
}

// guids gives the mailboxes of a user by their GUIDs.
func (s *Stage) guids(user string) (map[string]string, error) {
	out, err := s.Doveadm("-f", "tab", "mailbox", "status", "-u", user, "guid", "*")
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for line := range strings.Lines(out) {
		if name, guid, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			names[guid] = name
		}
	}
	return names, nil
}

// changes are the entries in which two states differ.
func changes(before, after map[MetadataKey]string) map[MetadataKey]*string {
	list := map[MetadataKey]*string{}
	for k, v := range after {
		if old, ok := before[k]; !ok || old != v {
			list[k] = &v
		}
	}
	for k := range before {
		if _, ok := after[k]; !ok {
			list[k] = nil
		}
	}
	return list
}
