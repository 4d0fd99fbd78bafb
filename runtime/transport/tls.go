package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// tlsConfig reads the files of a TLS setting.
func tlsConfig(s TLS) (*tls.Config, error) {
	config := &tls.Config{
		InsecureSkipVerify: s.SkipVerify, // only when the settings say so
		MinVersion:         s.MinVersion,
		ClientSessionCache: tls.NewLRUClientSessionCache(0),
	}
	if s.CAFile != "" || s.CADir != "" {
		roots, err := readRoots(s.CAFile, s.CADir)
		if err != nil {
			return config, err
		}
		config.RootCAs = roots
	}
	if s.CertFile != "" {
		key := s.KeyFile
		if key == "" {
			key = s.CertFile
		}
		pair, err := tls.LoadX509KeyPair(s.CertFile, key)
		if err != nil {
			return config, fmt.Errorf("can't load client certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// readRoots collects the certificates of a PEM file and of all files in a directory. Files of the directory that hold
// no certificate are passed over; a file named by itself must hold one.
func readRoots(file, dir string) (*x509.CertPool, error) {
	roots := x509.NewCertPool()
	if file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("can't load CA certs from file %s: %w", file, err)
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("can't load CA certs from file %s: no certificate in it", file)
		}
	}
	if dir == "" {
		return roots, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("can't load CA certs from directory %s: %w", dir, err)
	}
	for _, entry := range entries {
		if pem, err := os.ReadFile(filepath.Join(dir, entry.Name())); err == nil {
			roots.AppendCertsFromPEM(pem)
		}
	}
	return roots, nil
}

// chainFirst makes an untrusted certificate the error of a handshake even if its name is wrong too: crypto/tls looks at
// the name first, OpenSSL at the chain.
func chainFirst(config *tls.Config, err error) error {
	var verification *tls.CertificateVerificationError
	var hostname x509.HostnameError
	if !errors.As(err, &hostname) || !errors.As(err, &verification) || len(verification.UnverifiedCertificates) == 0 {
		return err
	}
	chain := verification.UnverifiedCertificates
	o := x509.VerifyOptions{Roots: config.RootCAs, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		o.Intermediates.AddCert(c)
	}
	if _, chainErr := chain[0].Verify(o); chainErr != nil {
		return chainErr
	}
	return err
}
