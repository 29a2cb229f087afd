package simple

import (
	"net/http"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// Zipballs hands out ZIPs with one top directory, which 2.x strips.
type Zipballs struct {
	Wrapping      *registry.Wrapping
	Counter       *registry.Counter
	Authenticator *identity.Authenticator
}

// Zipball answers GET /simple/{name}/zipball/{version} with a redirect to the
// storage: a 302, for 2.x follows that and 301 only.
func (z *Zipballs) Zipball(w http.ResponseWriter, r *http.Request) {
	address, found, err := z.Wrapping.URL(r.Context(), z.Authenticator.Viewer(r.Header), r.PathValue("name"), r.PathValue("version"), r.URL.Query().Get("ticket"))
	if err != nil {
		Error(w, r, err)
		return
	}
	if r.Method == http.MethodGet && found.ZIP.Source == "" { // of an upstream's packages there is no count
		// The download goes on when the counting fails; what was counted is
		// written later.
		respond.Log(r, z.Counter.Count(r.Context(), found.Name))
	}
	w.Header().Set("Location", address)
	respond.NoStore(w)
	respond.JSON(w, http.StatusFound, envelope{struct{}{}})
}
