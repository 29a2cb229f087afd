package web

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/respond"
)

// answer is what a visit ends with: a page, JSON, or a redirect.
type answer struct {
	status int    // 200, when zero
	page   string // a template
	head   head
	data   any
	// json is answered instead of a page, for the script.
	json any
	// redirect is answered instead of a page: a path, or an address below Base.
	redirect string
	cookie   *http.Cookie
	// secret tells that not even the visitor's browser may keep the answer.
	secret bool
}

// head is what a page says of itself.
type head struct {
	Title       string
	Message     string // what kind of page: a message's id
	Description string
	// Path, with a query, is where the page is found; "" when it is found nowhere.
	Path    string
	NoIndex bool
	Text    string // what is searched for
}

// policy lets a page load what is its own, and images from anywhere: those of
// readmes. There is no inline script or style.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// protect tells browsers what a page may not do.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// send writes an answer.
func (p *Pages) send(w http.ResponseWriter, v *visit, a answer) {
	h := w.Header()
	protect(h)
	h.Set("Vary", "Accept-Language, Cookie")
	h.Set("Cache-Control", a.cacheControl(v))
	// An answer of a function has one value for each header: one cookie.
	if a.cookie == nil && v.switched {
		a.cookie = p.cookie(languageCookie, string(v.language), languageSeconds)
	}
	if a.cookie != nil {
		http.SetCookie(w, a.cookie)
	}
	switch {
	case a.redirect != "":
		h.Set("Location", a.redirect)
		w.WriteHeader(cmp.Or(a.status, http.StatusSeeOther))
	case a.json != nil:
		respond.JSON(w, http.StatusOK, a.json)
	default:
		p.sendPage(w, v, a)
	}
}

// cacheControl tells who may keep the answer. What is seen in a session is this
// visitor's alone, and without one only what everybody may see is seen; so is a
// language that was just chosen.
func (a answer) cacheControl(v *visit) string {
	switch {
	case a.secret || a.status >= http.StatusBadRequest || a.redirect != "":
		return "no-store"
	case v.session != "" || v.switched:
		return "private, no-cache"
	}
	return "public, max-age=60"
}

func (p *Pages) sendPage(w http.ResponseWriter, v *visit, a answer) {
	var body bytes.Buffer
	template, err := p.templates[v.language]()
	if err == nil {
		err = template.ExecuteTemplate(&body, a.page, p.view(v, a))
	}
	if err != nil {
		slog.ErrorContext(v.Context(), "page can't be rendered", "page", a.page, "request_id", respond.RequestID(v.Context()), "error", err)
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "The page can't be shown. 页面无法显示。", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	status := cmp.Or(a.status, http.StatusOK)
	if status == http.StatusOK && !a.secret {
		tag := etag(body.Bytes())
		h.Set("ETag", tag)
		if matches(v.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "5")
	}
	write(w, v.Request, status, body.Bytes())
}

// write ends an answer; of HEAD, before its body.
func write(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that went away is nobody's error
	}
}

// etag is a strong one, of all bytes.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// matches tells whether an If-None-Match names the tag (RFC 9110, 13.1.2:
// compared weakly).
func matches(header, tag string) bool {
	for given := range strings.SplitSeq(header, ",") {
		given = strings.TrimPrefix(strings.TrimSpace(given), "W/")
		if given == tag || given == "*" {
			return true
		}
	}
	return false
}
