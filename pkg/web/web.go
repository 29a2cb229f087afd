// Package web is the registry's web page: HTML that is rendered here, for
// people who look for a package, read about it, and keep their tokens. It works
// without scripts; the one that there is adds copy buttons and suggestions.
package web

import (
	"fmt"
	"html/template"
	"net/http"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/markdown"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Site is what the pages show, and where they are.
type Site struct {
	// Base is the registry's public address, without a path: addresses on the
	// pages are made of it, never of what a request says.
	Base          string
	Browsing      *registry.Browsing
	Queries       *registry.Queries
	Attempts      registry.Attempts
	Tally         registry.Tally
	Addresses     *registry.Addresses
	Organizations registry.Organizations
	Users         *identity.Users
	Sessions      *identity.Sessions
	Subscribing   *registry.Subscribing
	Secret        func(webhook string) string // a webhook's
	Clock         registry.Clock
}

// Pages serves a Site.
type Pages struct {
	Site
	templates map[language]func() (*template.Template, error)
	assets    assets
	markdown  *markdown.Renderer
	guard     *http.CrossOriginProtection
}

// New prepares the pages of a site. It fails when Base is no origin.
func New(s Site) (*Pages, error) {
	files, err := readAssets()
	if err != nil {
		return nil, err
	}
	p := &Pages{Site: s, templates: readTemplates(files), assets: files, markdown: markdown.New(), guard: http.NewCrossOriginProtection()}
	// Behind the gateway the Host header is not the public one.
	if err := p.guard.AddTrustedOrigin(s.Base); err != nil {
		return nil, fmt.Errorf("the registry's address: %w", err)
	}
	return p, nil
}

// Handlers are all pages, by method and path (a pattern of net/http.ServeMux).
func (p *Pages) Handlers() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /{$}":             p.page(p.front),
		"GET /search":          p.page(p.search),
		"GET /search/suggest":  p.page(p.suggest),
		"GET /packages/{name}": p.page(p.latest),
		"GET /packages/{name}/versions/{version}":                        p.page(p.version),
		"GET /orgs/{name}":                                               p.page(p.organization),
		"GET /users/{name}":                                              p.page(p.user),
		"GET /packages/{name}/webhooks":                                  p.page(p.webhooks(p.ofPackage)),
		"POST /packages/{name}/webhooks":                                 p.page(p.addWebhook(p.ofPackage)),
		"POST /packages/{name}/webhooks/{webhook}/remove":                p.page(p.removeWebhook(p.ofPackage)),
		"POST /packages/{name}/webhooks/{webhook}/deliveries/{delivery}": p.page(p.resend(p.ofPackage)),
		"GET /orgs/{name}/webhooks":                                      p.page(p.webhooks(p.ofOrganization)),
		"POST /orgs/{name}/webhooks":                                     p.page(p.addWebhook(p.ofOrganization)),
		"POST /orgs/{name}/webhooks/{webhook}/remove":                    p.page(p.removeWebhook(p.ofOrganization)),
		"POST /orgs/{name}/webhooks/{webhook}/deliveries/{delivery}":     p.page(p.resend(p.ofOrganization)),
		"GET /login":                           p.page(p.login),
		"POST /login":                          p.page(p.signIn),
		"POST /logout":                         p.page(p.signOut),
		"GET /settings":                        p.page(p.settings),
		"POST /settings/tokens":                p.page(p.makeToken),
		"POST /settings/tokens/{token}/revoke": p.page(p.revokeToken),
		"GET /assets/{file}":                   p.asset,
		"GET /favicon.ico":                     p.favicon,
		"GET /robots.txt":                      p.robots,
	}
}

// page serves one page: it says what to answer, or why it can't.
func (p *Pages) page(show func(*visit) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if p.elsewhere(w, r) {
			return
		}
		v := p.visit(w, r)
		a, err := answer{}, p.admit(r)
		if err == nil {
			a, err = show(v)
		}
		if err != nil {
			a = p.failure(v, err)
		}
		p.send(w, v, a)
	}
}

// maxForm is the largest form, in bytes.
const maxForm = 64 << 10

// admit refuses forms that another site had sent.
func (p *Pages) admit(r *http.Request) error {
	if err := p.guard.Check(r); err != nil {
		return problem{http.StatusForbidden, "error.crossSite", nil}
	}
	return nil
}

// robots lets search engines read what everybody may see.
func (p *Pages) robots(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	protect(h)
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=86400")
	write(w, r, http.StatusOK, []byte("User-agent: *\nDisallow: /search\nDisallow: /login\nDisallow: /settings\n"))
}
