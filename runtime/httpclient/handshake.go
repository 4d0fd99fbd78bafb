package httpclient

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"syscall"

	"github.com/luapush/luapush/runtime/transport"
)

// handshakeText says why a TLS handshake failed, in the words of Dovecot and OpenSSL 3.
func handshakeText(e *transport.Error) string {
	var (
		unknown  x509.UnknownAuthorityError
		invalid  x509.CertificateInvalidError
		hostname x509.HostnameError
		record   tls.RecordHeaderError
		number   syscall.Errno
	)
	switch {
	case isEOF(e.Err):
		return "Connection closed"
	case errors.As(e.Err, &hostname):
		return "SSL certificate doesn't match expected host name " + e.Host + ": did not match to any IP or DNS fields"
	case errors.As(e.Err, &unknown):
		why := "unable to get local issuer certificate"
		if unknown.Cert != nil && isSelfSigned(unknown.Cert) {
			why = "self-signed certificate"
		}
		return invalidCertificate(why, unknown.Cert)
	case errors.As(e.Err, &invalid):
		return invalidCertificate(invalidText(invalid.Reason), invalid.Cert)
	case errors.As(e.Err, &record):
		return "SSL_connect() failed: error:0A00010B:SSL routines::wrong version number"
	case errors.As(e.Err, &number):
		return "read(size=8192) failed: " + sentence(number)
	}
	return "SSL_connect() failed: " + e.Err.Error()
}

func invalidCertificate(why string, c *x509.Certificate) string {
	subject := ""
	if c != nil {
		subject = oneLine(c.Subject)
	}
	return "Received invalid SSL certificate: " + why + ": " + subject + " (check ssl_client_ca_* settings?)"
}

func isSelfSigned(c *x509.Certificate) bool {
	return string(c.RawIssuer) == string(c.RawSubject) &&
		c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// invalidText is OpenSSL's text for a reason of crypto/x509.
func invalidText(reason x509.InvalidReason) string {
	switch reason {
	case x509.Expired:
		return "certificate has expired"
	case x509.NotAuthorizedToSign:
		return "invalid CA certificate"
	case x509.TooManyIntermediates:
		return "path length constraint exceeded"
	case x509.IncompatibleUsage:
		return "unsuitable certificate purpose"
	}
	return "certificate rejected"
}

// attributeNames are OpenSSL's short names of subject attributes.
var attributeNames = map[string]string{
	"2.5.4.3": "CN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "street",
	"2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.17": "postalCode",
	"1.2.840.113549.1.9.1": "emailAddress", "0.9.2342.19200300.100.1.25": "DC",
}

// oneLine writes a subject as OpenSSL does: /C=de/CN=x.
func oneLine(name pkix.Name) string {
	text := ""
	for _, a := range name.Names {
		key := a.Type.String()
		if short, ok := attributeNames[key]; ok {
			key = short
		}
		if value, ok := a.Value.(string); ok {
			text += "/" + key + "=" + value
		}
	}
	return text
}
