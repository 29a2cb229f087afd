package app

import (
	"net/http"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/route"
)

// ready answers GET /readyz: whether the tables can be read, by a row that is
// never there, for no package may have that name.
func ready(c registry.Catalog) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		respond.NoStore(w)
		_, err := c.Head(r.Context(), route.Ready, registry.Summary)
		if registry.CodeOf(err) != registry.NotFound {
			fail(w, r, &registry.Error{Code: registry.Unavailable, Message: "The registry's tables do not answer. Try again in some seconds.", Err: err})
			return
		}
		respond.JSON(w, http.StatusOK, map[string]string{"status": "ready"})
	}
}
