// Package ingest takes the storage's reports that an upload has arrived: its
// callback, whose answer goes to the uploader, and its notification.
//
// Neither needs to be believed: an upload's id is a secret of the uploader, and
// only what is stored under it counts.
package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// maxCallback is the largest callback body, in bytes.
const maxCallback = 4 << 10

// idForm is what crypto/rand.Text makes.
var idForm = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// API takes callbacks (as an http.Handler) and notifications (Object).
type API struct {
	Ingesting *registry.Ingesting
}

// answer is what the uploader reads.
type answer struct {
	Released bool   `json:"released"`
	Message  string `json:"message,omitempty"`
}

// ServeHTTP answers a callback. A rejection has status 200 too: with any other
// the storage would not pass the answer on to the uploader.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	trace.From(r.Context()).Route = "callback"
	var c registry.Callback
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxCallback)).Decode(&c)
	if r.Method != http.MethodPost || err != nil || !idForm.MatchString(c.Upload) {
		respond.JSON(w, http.StatusBadRequest, answer{Message: "This address takes the storage's reports of uploads, and nothing else."})
		return
	}
	outcome, err := a.ingest(r.Context(), c.Upload)
	if err != nil {
		status, message := respond.Failure(r, err)
		respond.JSON(w, status, answer{Message: message})
		return
	}
	respond.JSON(w, http.StatusOK, answer{Released: outcome.Released, Message: outcome.Reason})
}

// Object takes a notification. An error means: notify again.
func (a *API) Object(ctx context.Context, key string) error {
	id := strings.TrimSuffix(strings.TrimPrefix(key, registry.UploadPrefix), ".zip")
	if key != registry.UploadKey(id) || !idForm.MatchString(id) {
		return fmt.Errorf("%s is no upload; the OSS trigger's prefix must be %s", key, registry.UploadPrefix)
	}
	_, err := a.ingest(ctx, id)
	return err
}

// ingest logs a refusal where it is decided: the CLI shows it to nobody. A report
// that comes again finds it decided and logs nothing. That the publisher could
// not be told yet changes nothing of the decision.
func (a *API) ingest(ctx context.Context, id string) (registry.Outcome, error) {
	run := *a.Ingesting
	w := &witness{Uploads: run.Uploads}
	run.Uploads = w
	outcome, err := run.Ingest(ctx, id)
	trace.From(ctx).Package = w.upload.Package.Name
	switch {
	case w.upload.ID == "" && err == nil: // anybody can report an upload
		slog.InfoContext(ctx, "unknown upload", "request_id", respond.RequestID(ctx), "upload", id)
	case w.decided && !outcome.Released:
		slog.WarnContext(ctx, RefusedMessage, "request_id", respond.RequestID(ctx), "upload", id,
			"package", w.upload.Package.Name, "version", w.upload.Asked(), "publisher", w.upload.By.User, "reason", outcome.Reason)
	}
	return outcome, err
}

// RefusedMessage is what the log line of a refusal says.
const RefusedMessage = "upload refused"

// witness sees what one run learns of its upload, so that the log costs no call
// to the storage.
type witness struct {
	registry.Uploads
	upload  registry.Upload // zero: nobody announced it
	decided bool            // by this run
}

func (w *witness) Upload(ctx context.Context, id string) (registry.Upload, error) {
	u, err := w.Uploads.Upload(ctx, id)
	w.upload = u
	return u, err
}

func (w *witness) Finish(ctx context.Context, id string, o registry.Outcome) (registry.Outcome, error) {
	stored, err := w.Uploads.Finish(ctx, id, o)
	w.decided = err == nil
	return stored, err
}
