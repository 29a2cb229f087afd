package doctor

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/route"
)

// maxSkew is how far two clocks may be apart: signatures are good for 5 minutes,
// and both the client's and the registry's may be wrong.
const maxSkew = time.Minute

// fewDays is when a certificate should have been renewed.
const fewDays = 14

// address checks what can be seen of REGISTRY_URL without asking anybody.
func (v *visit) address() {
	u, err := url.Parse(v.URL)
	if err != nil {
		v.problem("address", err.Error(), "Correct REGISTRY_URL.")
		return
	}
	if port := map[string]string{"http": "80", "https": "443"}[u.Scheme]; u.Port() != "" && u.Port() != port {
		v.problem("address", fmt.Sprintf("s sends POST and DELETE to port %s whatever the address says, and this one has port %s: nobody can publish or delete", port, u.Port()),
			"Serve the registry at port "+port+", and set REGISTRY_URL to it without a port.")
		return
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		v.note("address", "tokens cross the network in the clear, new ones and those of scripts and of the web page: "+v.URL+" is not https",
			"Put a certificate on a custom domain of Function Compute, and set REGISTRY_URL to its https address.")
	}
	if strings.HasSuffix(u.Hostname(), ".fcapp.run") {
		v.note("address", "browsers download the web page from "+u.Hostname()+" in place of showing it; s is not concerned",
			"Put a custom domain before function fc-registry-gateway, and set REGISTRY_URL to it.")
	}
	v.ok("address", "%s is one that s can publish to", v.URL)
}

func loopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// answers checks the way to the registry, and tells whether there is one.
func (v *visit) answers() bool {
	a, err := v.get(v.ctx, route.Health, "")
	if wrong, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		v.problem("certificate", wrong.Err.Error(), "Renew the certificate of the custom domain, or give it one for that name.")
		return false
	}
	if err != nil {
		v.problem("health", err.Error(), "Check REGISTRY_URL, the domain's record, and that function fc-registry-gateway is deployed: s deploy.")
		return false
	}
	if a.StatusCode != http.StatusOK {
		v.problem("health", route.Health+" answers "+a.says(), "Check that REGISTRY_URL leads to function fc-registry-gateway, and read its log: at its start it names a variable that is missing or malformed.")
		return false
	}
	v.ok("health", "%s answers", route.Health)
	v.certificate(a)
	v.clock(a)
	return true
}

func (v *visit) certificate(a answer) {
	if a.TLS == nil {
		return
	}
	left := a.TLS.PeerCertificates[0].NotAfter.Sub(v.Clock())
	if days := int(left / (24 * time.Hour)); days < fewDays {
		v.problem("certificate", fmt.Sprintf("the certificate ends in %d days", days), "Renew the certificate of the custom domain.")
	} else {
		v.ok("certificate", "good for %d days", days)
	}
}

// clock compares the registry's clock with this machine's.
func (v *visit) clock(a answer) {
	date, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		v.note("clock", "the answer has no date to compare this machine's clock with", "")
		return
	}
	skew := v.Clock().Sub(date).Round(time.Second)
	switch {
	case skew > maxSkew:
		v.problem("clock", fmt.Sprintf("this machine's clock is %v ahead of the registry's, and signatures count for 5 minutes", skew), "Set this machine's clock: by NTP.")
	case -skew > maxSkew:
		v.problem("clock", fmt.Sprintf("this machine's clock is %v behind the registry's, and signatures count for 5 minutes", -skew), "Set this machine's clock: by NTP.")
	default:
		v.ok("clock", "within %v of the registry's", maxSkew)
	}
}
