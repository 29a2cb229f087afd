package browser

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// good is a page without faults. Its style and its script have to come from the
// site; its button leads on after a while, as its form does at once.
const good = `<!doctype html>
<html lang="en">
<head>
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Good</title>
<meta name="description" content="A page without faults">
<link rel="canonical" href="https://registry.example/">
<link rel="stylesheet" href="/style.css">
<script src="/script.js" defer></script>
</head>
<body>
<main>
<h1>Good</h1>
<p id="greeting">Hello, <b>world</b></p>
<p><a href="/echo">The next page</a> and <a href="#end">the end</a></p>
<p><a class="archive" href="/archive">An archive</a></p>
<form method="post" action="/form">
<label for="name">Name</label> <input id="name" name="name" value="old">
<button>Send</button>
</form>
<p><button id="late" type="button" aria-label="Say it later">Later</button></p>
<p class="said"></p>
<noscript><p class="plain">No script</p></noscript>
<p class="below" id="end">Below</p>
</main>
</body>
</html>`

const goodStyle = `
:root { color-scheme: light dark; color: #222; background: #fff }
@media (prefers-color-scheme: dark) { :root { color: #eee; background: #111 } a { color: #9cf } }
body { font-family: sans-serif; line-height: 2 }
input, button { padding: .5rem }
.below { margin-top: 1500px }`

const goodScript = `
document.querySelector("#late").addEventListener("click", () => {
	setTimeout(() => { document.querySelector(".said").textContent = "Said late" }, 100)
})`

// echoed is what /echo answers: what it was asked.
const echoed = `<!doctype html><html lang="en"><title>Echo</title><main><h1>Echo</h1>
<p class="method">%s</p><p class="name">%s</p><p class="language">%s</p></main></html>`

// newSite serves the good page, and what it leads to, with a strict
// Content-Security-Policy; in its place or beside it, the given pages.
func newSite(t *testing.T, pages map[string]string) string {
	t.Helper()
	mux := http.NewServeMux()
	all := map[string]string{"/{$}": good, "/style.css": goodStyle, "/script.js": goodScript}
	for path, body := range pages {
		all[path] = body
	}
	for path, body := range all {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", contentType(path))
			fmt.Fprint(w, body)
		})
	}
	mux.HandleFunc("GET /echo", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "yes", HttpOnly: true, SameSite: http.SameSiteStrictMode})
		w.Header().Set("Content-Type", contentType("/echo"))
		fmt.Fprintf(w, echoed, r.FormValue("method"), html.EscapeString(r.FormValue("name")), r.Header.Get("Accept-Language"))
	})
	mux.HandleFunc("POST /form", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		http.Redirect(w, r, "/echo?method=POST&name="+url.QueryEscape(r.FormValue("name")), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /archive", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Disposition", "attachment")
		fmt.Fprint(w, "archive")
	})
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /broken", func(w http.ResponseWriter, r *http.Request) {
		panic(http.ErrAbortHandler)
	})
	site := httptest.NewServer(strict(mux))
	t.Cleanup(site.Close)
	return site.URL
}

// strict forbids what the web page forbids, but on paths that start with /open.
func strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/open") {
			w.Header().Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'")
		}
		next.ServeHTTP(w, r)
	})
}

func contentType(path string) string {
	switch {
	case strings.HasSuffix(path, ".css"):
		return "text/css"
	case strings.HasSuffix(path, ".js"):
		return "text/javascript"
	}
	return "text/html; charset=utf-8"
}

// with puts something into the good page's body.
func with(body string) string { return strings.Replace(good, "</main>", body+"</main>", 1) }
