package devs

import (
	"net/http"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// Misplaced answers what the CLI asks at the root of a registry, because the
// address that it was given lacks Prefix.
type Misplaced struct {
	// Base is the registry's public address, without a path.
	Base string
}

// ServeHTTP says which address to give the CLI instead.
func (m Misplaced) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, message := respond.Failure(r, registry.Errorf(registry.NotFound,
		"This registry's address ends in %s. Run: s set registry %s%s", Prefix, m.Base, Prefix))
	// When the CLI loads a component it shows nothing of this message. By a 404 it
	// says that there is no such component; else it shows the address it has asked.
	if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/release/") {
		status = http.StatusOK
	}
	respond.NoStore(w)
	respond.JSON(w, status, envelope{respond.RequestID(r.Context()), message})
}
