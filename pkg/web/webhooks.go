package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// webhooksPage is what the template "webhooks" shows.
type webhooksPage struct {
	place
	Webhooks []webhook
	Secret   string // of the one that was just set
	URL      string // what was written into the form
	Wrong    string // a message's id; "" when nothing is
}

// place is what webhooks are set for.
type place struct {
	Subject      string
	Name         string
	Path         string // of its page
	Organization bool
}

// webhook is one with its last deliveries.
type webhook struct {
	registry.Webhook
	Deliveries []delivery
}

type delivery struct{ registry.Delivery }

// Count is the number of tries.
func (d delivery) Count() int64 { return int64(d.Tries) }

// maxDeliveries is how many deliveries of a webhook are shown.
const maxDeliveries = 20

// find finds the place that a path names, if its webhooks are the caller's to
// set: to everybody else, it is not there.
type find func(v *visit, caller registry.Caller) (place, error)

func (p *Pages) ofPackage(v *visit, caller registry.Caller) (place, error) {
	of, err := p.Subscribing.MayPackage(v.Context(), caller, v.PathValue("name"))
	return place{Subject: registry.PackageSubject(of.Name), Name: of.Name, Path: packagePath(of.Name)}, err
}

func (p *Pages) ofOrganization(v *visit, caller registry.Caller) (place, error) {
	name, err := p.Subscribing.MayOrganization(v.Context(), caller, v.PathValue("name"))
	return place{Subject: registry.GroupSubject(name), Name: name, Path: organizationPath(name), Organization: true}, err
}

// webhooks answers GET .../webhooks.
func (p *Pages) webhooks(of find) func(*visit) (answer, error) {
	return p.atPlace(of, func(v *visit, _ registry.Caller, at place) (answer, error) {
		return p.showWebhooks(v, webhooksPage{place: at})
	})
}

// atPlace lets somebody who is signed in do something with a place's webhooks.
func (p *Pages) atPlace(of find, do func(*visit, registry.Caller, place) (answer, error)) func(*visit) (answer, error) {
	return func(v *visit) (answer, error) {
		caller, err := p.caller(v)
		if unknown(err) {
			return p.leave("/login?next=" + url.QueryEscape(v.URL.EscapedPath())), nil
		}
		if err != nil {
			return answer{}, err
		}
		at, err := of(v, caller)
		if err != nil {
			return answer{}, err
		}
		return do(v, caller, at)
	}
}

func (p *Pages) showWebhooks(v *visit, show webhooksPage) (answer, error) {
	all, err := p.Subscribing.Of(v.Context(), show.Subject)
	if err != nil {
		return answer{}, err
	}
	for _, w := range all {
		list, err := p.Subscribing.Outbox.Deliveries(v.Context(), w.ID, maxDeliveries)
		if err != nil {
			return answer{}, err
		}
		one := webhook{Webhook: w}
		for _, d := range list {
			one.Deliveries = append(one.Deliveries, delivery{d})
		}
		show.Webhooks = append(show.Webhooks, one)
	}
	a := answer{page: "webhooks", data: show, secret: true, head: head{Path: webhooksPath(show.Path), Title: show.Name, Message: "webhooks", NoIndex: true}}
	if show.Wrong != "" {
		a.status = http.StatusBadRequest
	}
	return a, nil
}

// addWebhook answers POST .../webhooks. The secret is in this answer, and never
// again.
func (p *Pages) addWebhook(of find) func(*visit) (answer, error) {
	return p.atPlace(of, func(v *visit, caller registry.Caller, at place) (answer, error) {
		fields, err := v.form()
		if err != nil {
			return answer{}, err
		}
		show := webhooksPage{place: at, URL: strings.TrimSpace(fields.Get("url"))}
		w, err := p.Subscribing.Add(v.Context(), caller, at.Subject, show.URL)
		switch registry.CodeOf(err) {
		case registry.Invalid:
			show.URL, show.Wrong = shorten(show.URL, maxTokenField), "webhooks.badAddress"
		case registry.Forbidden:
			show.Wrong = "webhooks.tooMany"
		default:
			if err != nil {
				return answer{}, err
			}
			show.URL, show.Secret = "", p.Secret(w.ID)
		}
		return p.showWebhooks(v, show)
	})
}

// removeWebhook answers POST .../webhooks/{webhook}/remove. One that is gone
// already is no failure.
func (p *Pages) removeWebhook(of find) func(*visit) (answer, error) {
	return p.atPlace(of, func(v *visit, caller registry.Caller, at place) (answer, error) {
		err := p.Subscribing.Remove(v.Context(), caller, at.Subject, v.PathValue("webhook"))
		if err != nil && registry.CodeOf(err) != registry.NotFound {
			return answer{}, err
		}
		return answer{redirect: webhooksPath(at.Path)}, nil
	})
}

// resend answers POST .../webhooks/{webhook}/deliveries/{delivery}.
func (p *Pages) resend(of find) func(*visit) (answer, error) {
	return p.atPlace(of, func(v *visit, _ registry.Caller, at place) (answer, error) {
		err := p.Subscribing.Resend(v.Context(), at.Subject, v.PathValue("webhook"), v.PathValue("delivery"))
		return answer{redirect: webhooksPath(at.Path)}, err
	})
}
