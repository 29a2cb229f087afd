package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"testing"
	"time"
)

// oldHost is the registry in the code of Serverless Devs 2: it loads components
// from there by http, and its own core by https.
const oldHost = "registry.devsapp.cn"

// oldProgram is the entry of Serverless Devs 2, relative to this folder.
const oldProgram = "node_modules/s2/bin/s"

// oldCLI is Serverless Devs 2 of one person, for whom its fixed host is led to a
// registry of their own, as a company's DNS would.
func (r *registry) oldCLI(t *testing.T, certificate string) cli {
	t.Helper()
	resolver, err := filepath.Abs("testdata/s2/resolver.js")
	if err != nil {
		t.Fatal(err)
	}
	c := cli{home: t.TempDir(), program: oldProgram, env: []string{
		"NODE_OPTIONS=--require=" + resolver, "REGISTRY_ADDRESS=" + r.hostname(t), "NODE_EXTRA_CA_CERTS=" + certificate,
		"npm_config_offline=true", "npm_config_audit=false", // components have no dependencies here
		"NODE_NO_WARNINGS=1", "CI=true",
	}}
	c.ok(t, c.home, "set", "analysis", "disable")
	return c
}

// hostname is the registry's address without its port, which is 80.
func (r *registry) hostname(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(r.Registry)
	if err != nil {
		t.Fatal(err)
	}
	return u.Hostname()
}

// secure answers by https what the registry does by http, as a balancer or a
// custom domain would, under the name of oldHost. It returns the file of the
// certificate that clients must trust.
func (r *registry) secure(t *testing.T) string {
	t.Helper()
	certificate, text := certificateFor(t, oldHost)
	listener, err := net.Listen("tcp", r.hostname(t)+":443")
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(r.Registry)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(target))
	front.Listener.Close()
	front.Listener = listener
	front.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	front.StartTLS()
	t.Cleanup(front.Close)
	return filepath.Join(folder(t, map[string]string{"ca.pem": text}), "ca.pem")
}

// certificateFor makes a certificate for a host, and that in PEM.
func certificateFor(t *testing.T, host string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	text, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{text}, PrivateKey: key}, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: text}))
}
