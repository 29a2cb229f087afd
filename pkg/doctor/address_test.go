package doctor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"http://127.0.0.1":                       "ok",
		"http://localhost:80":                    "ok",
		"https://registry.example.com":           "ok",
		"https://registry.example.com:443":       "ok",
		"http://registry.example.com":            "note ok",
		"http://registry.example.com:8080":       "problem",
		"https://registry.example.com:80":        "problem",
		"https://r-abc.cn-hangzhou.fcapp.run":    "note ok",
		"https://fcapp.run.example.com":          "ok",
		"http://127.0.0.1:9000":                  "problem",
		"http://r-abc.cn-hangzhou.fcapp.run:443": "problem",
	} {
		var got []string
		v := &visit{Doctor: &Doctor{URL: address}, ctx: t.Context(), report: func(f Finding) { got = append(got, string(f.State)) }}
		v.address()
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %s", address, got, want)
		}
	}
}

func TestCertificates(t *testing.T) {
	for name, c := range map[string]struct {
		ends  time.Duration
		trust bool
		want  string // how the finding begins
	}{
		"good":    {90*24*time.Hour + time.Hour, true, "ok good for 90 days"},
		"ending":  {13*24*time.Hour + time.Hour, true, "problem the certificate ends in 13 days"},
		"ended":   {-time.Hour, true, "problem x509: certificate has expired"},
		"unknown": {90 * 24 * time.Hour, false, "problem x509: certificate signed by unknown authority"},
	} {
		t.Run(name, func(t *testing.T) {
			g := start(t, nil)
			server := httptest.NewUnstartedServer(g)
			certificate := certify(t, time.Now().Add(c.ends))
			server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			defer server.Close()
			roots := x509.NewCertPool()
			if c.trust {
				roots.AddCert(certificate.Leaf)
			}
			d := g.doctor()
			d.URL = server.URL
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
			defer transport.CloseIdleConnections()
			d.HTTP.Transport = transport
			var got string
			v := &visit{Doctor: d, ctx: t.Context(), report: func(f Finding) {
				if f.Check == "certificate" {
					got += string(f.State) + " " + f.Says
				}
			}}
			if answers := v.answers(); !strings.HasPrefix(got, c.want) || answers != (c.ends > 0 && c.trust) {
				t.Errorf("found %q, want %q; answers: %t", got, c.want, answers)
			}
		})
	}
}

// certify makes a certificate for 127.0.0.1, signed by itself.
func certify(t *testing.T, ends time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-1000 * time.Hour), NotAfter: ends,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}
