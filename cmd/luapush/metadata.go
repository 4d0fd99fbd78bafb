package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/driver"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
	"github.com/luapush/luapush/runtime/store/dict"
	"github.com/luapush/luapush/runtime/store/doveadm"
	"github.com/luapush/luapush/runtime/trace"
)

// openMetadata gives the store that --metadata names, nil for the recording's
// own, and what ends it.
func openMetadata(a *application, where string, release dovecot.Release, conf *config.Settings) (store.Store, func(), error) {
	kind, rest, _ := strings.Cut(where, ":")
	switch {
	case where == "":
		return nil, func() {}, nil
	case where == "dict":
		s, err := configuredDict(release, conf)
		return s, func() {}, err
	case kind == "dict" && rest != "":
		return newDict(release, "file:"+rest, ""), func() {}, nil
	case kind == "doveadm" && rest != "":
		return openDoveadm(a, rest)
	}
	return nil, nil, &usageError{text: fmt.Sprintf("--metadata: %q is not known; give dict, dict:PATH or doveadm:FILE", where)}
}

// configuredDict is the dict that a configuration names.
func configuredDict(release dovecot.Release, conf *config.Settings) (store.Store, error) {
	if conf == nil {
		return nil, &usageError{text: "--metadata dict: give --config FILE, whose mail_attribute_dict it is, or dict:PATH"}
	}
	setting, ok := conf.For("").Get("mail_attribute_dict")
	if !ok || setting.Value == "" {
		return nil, fmt.Errorf("--metadata dict: the configuration has no mail_attribute_dict; add mail_attribute_dict = file:%%h/dovecot-attributes, or give dict:PATH")
	}
	if !strings.HasPrefix(setting.Value, "file:") {
		return nil, fmt.Errorf("%s: mail_attribute_dict = %s: luapush reads file: dicts; for others ask Dovecot with --metadata doveadm:FILE", setting.Origin, trace.Redact(setting.Value))
	}
	location, _ := conf.For("").Get("mail_location")
	return newDict(release, setting.Value, location.Value), nil
}

// newDict is the store of a mail_attribute_dict setting. A mailbox's GUID is
// looked for in the recording, then in the Maildir that mail_location names.
func newDict(release dovecot.Release, setting, location string) store.Store {
	expand := func(t *mail.Transaction, format string) (string, error) {
		return driver.NewExpander(release, &t.User).Expand(format)
	}
	guids := []dict.GUID{dict.RecordedGUID}
	if maildir, ok := strings.CutPrefix(location, "maildir:"); ok {
		maildir, _, _ = strings.Cut(maildir, ":")
		guids = append(guids, dict.MaildirGUID(func(t *mail.Transaction) (string, error) {
			folder, err := expand(t, maildir)
			if rest, ok := strings.CutPrefix(folder, "~"); ok {
				folder = t.User.Home.Value + rest
			}
			return folder, err
		}))
	}
	return dict.New(dict.Options{GUIDs: guids, File: func(t *mail.Transaction) (dict.File, error) {
		if strings.Contains(setting, "%h") && t.User.Home.Value == "" {
			return dict.File{}, errors.New("the recording has no home of the user, which %h in the dict's path stands for")
		}
		expanded, err := expand(t, setting)
		if err != nil {
			return dict.File{}, err
		}
		path, err := dict.Path(expanded)
		return dict.File{Path: path}, err
	}})
}

// openDoveadm asks the Dovecot that a properties file names.
func openDoveadm(a *application, path string) (store.Store, func(), error) {
	if err := readable(path, "a properties file of the connector"); err != nil {
		return nil, nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fileError(path, err)
	}
	defer f.Close()
	settings, err := doveadm.ReadProperties(f, path)
	if err != nil {
		return nil, nil, err
	}
	client, err := doveadm.New(settings, doveadm.Options{})
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w; see spec/metadata.md", path, err)
	}
	s := doveadm.NewStore(client, doveadm.StoreOptions{Metadata: true, Mailboxes: doveadm.WhenMissing, Messages: doveadm.WhenMissing})
	return s, func() {
		if err := client.Close(); err != nil {
			a.complain("%s: %v", path, err)
		}
	}, nil
}
