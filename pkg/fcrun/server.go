package fcrun

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// Limits of the custom runtime's server.
const (
	defaultPort   = "9000"
	maxEvent      = 16 << 20 // bytes of an asynchronous event
	headerTimeout = 10 * time.Second
	endTimeout    = 3 * time.Second // for requests in flight when told to end
)

// serveHTTP is the custom runtime: requests come as they are, with the
// platform's own x-fc-* headers, and events as POST /invoke.
func (s Service) serveHTTP() error {
	port := os.Getenv("FC_SERVER_PORT")
	if port == "" {
		port = defaultPort
	}
	server := &http.Server{
		Addr:              ":" + port,
		Handler:           http.HandlerFunc(s.serve),
		ReadHeaderTimeout: headerTimeout,
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
		defer cancel()
		ended <- server.Shutdown(ctx)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-ended
}

func (s Service) serve(w http.ResponseWriter, r *http.Request) {
	begin := time.Now()
	s.Role.Set(credentials.Credentials{
		AccessKeyID:     r.Header.Get("X-Fc-Access-Key-Id"),
		AccessKeySecret: r.Header.Get("X-Fc-Access-Key-Secret"),
		SecurityToken:   r.Header.Get("X-Fc-Security-Token"),
	})
	r = r.WithContext(respond.WithRequestID(r.Context(), r.Header.Get("X-Fc-Request-Id")))
	if (s.Object != nil || s.Timer != nil) && r.Method == http.MethodPost && r.URL.Path == "/invoke" {
		s.serveEvent(w, r)
		return
	}
	if s.Stop != nil && r.Method == http.MethodGet && r.URL.Path == "/pre-stop" {
		s.stop(r.Context())
		return
	}
	s.answer(w, r, begin)
}

// serveEvent handles an event; any status but 200 makes the platform try again.
func (s Service) serveEvent(w http.ResponseWriter, r *http.Request) {
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	var e event
	if err == nil {
		err = json.Unmarshal(payload, &e)
	}
	if err := s.handle(r.Context(), e, err); err != nil {
		slog.ErrorContext(r.Context(), "event failed", "request_id", respond.RequestID(r.Context()), "error", err)
		http.Error(w, "event failed", http.StatusInternalServerError)
	}
}
