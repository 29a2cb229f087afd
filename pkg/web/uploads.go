package web

import (
	"context"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// uploads is what the template "uploads" shows.
type uploads struct {
	Uploads []upload
	More    bool
}

// upload is one of the visitor's.
type upload struct {
	registry.Attempt
	State          registry.AttemptState // as it is now
	Released, Lost bool
}

// maxUploads bounds how many uploads are shown.
const maxUploads = 30

func (p *Pages) uploads(ctx context.Context, user string) (uploads, error) {
	recent, more, err := registry.Recent(ctx, p.Attempts, user, maxUploads)
	show := uploads{More: more}
	for _, a := range recent {
		state := a.At(p.Clock())
		show.Uploads = append(show.Uploads, upload{a, state, state == registry.AttemptReleased, state == registry.AttemptLost})
	}
	return show, err
}

func attemptMessage(s registry.AttemptState) string {
	return map[registry.AttemptState]string{
		registry.AttemptAnnounced: "attempt.announced", registry.AttemptLost: "attempt.lost", registry.AttemptChecking: "attempt.checking",
		registry.AttemptReleased: "attempt.released", registry.AttemptRefused: "attempt.refused",
	}[s]
}
