package fcrun

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// Limits of what a client says of itself, in the access line, in bytes.
const (
	maxMethod  = 20
	maxName    = 128
	maxAddress = 64
	maxAgent   = 100
)

// unrouted stands in the place of a route: no pattern matched.
const unrouted = "none"

// answer serves a request, and then writes its access line, one in each function
// that it goes through. Neither the path nor the query is in it: they can hold a
// ticket.
func (s Service) answer(w http.ResponseWriter, r *http.Request, begin time.Time) {
	sent := &counted{ResponseWriter: w, head: r.Method == http.MethodHead}
	status := http.StatusInternalServerError // of one that panics before it answers
	defer func() {
		access(r.Context(), begin, cmp.Or(sent.status, status), sent.bytes,
			slog.String("method", cut(r.Method, maxMethod)),
			slog.String("client", cut(respond.ClientAddress(r), maxAddress)),
			slog.String("user_agent", cut(r.UserAgent(), maxAgent)))
	}()
	s.HTTP.ServeHTTP(sent, r)
	status = http.StatusOK
}

// logged does what an event of the platform asks for, and then writes its access
// line, whose route is the kind of event.
func logged(ctx context.Context, kind string, do func(context.Context) error) (err error) {
	begin, status := time.Now(), http.StatusInternalServerError
	trace.From(ctx).Route = kind
	defer func() { access(ctx, begin, status, 0) }()
	if err = do(ctx); err == nil {
		status = http.StatusOK
	}
	return err
}

// access writes the line. Its fields are what scripts/dashboard asks for.
func access(ctx context.Context, begin time.Time, status int, bytes int64, client ...slog.Attr) {
	of := trace.From(ctx)
	used := of.Usage()
	fields := append(make([]slog.Attr, 0, 16),
		slog.String("request_id", of.ID),
		slog.String("invocation_id", of.Invocation),
		slog.String("function", os.Getenv("FC_FUNCTION_NAME")),
		slog.String("route", cmp.Or(of.Route, unrouted)),
		slog.Int("status", status),
		slog.Float64("duration_ms", float64(time.Since(begin).Microseconds())/1000),
		slog.Int64("bytes", bytes),
		slog.Int64("tablestore_calls", used.Tablestore),
		slog.Int64("oss_calls", used.OSS),
		slog.Int64("read_units", used.Read),
		slog.Int64("write_units", used.Write),
		slog.String("user", of.User),
		slog.String("package", cut(of.Package, maxName)))
	slog.LogAttrs(ctx, slog.LevelInfo, "access", append(fields, client...)...)
}

// cut bounds what a client chooses.
func cut(text string, most int) string {
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}

// counted is a response whose status and size are remembered.
type counted struct {
	http.ResponseWriter
	head   bool // a body that is written is not sent
	status int  // 0 while there is none
	bytes  int64
}

// Unwrap lets http.ResponseController find what else the response can do.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// WriteHeader remembers the final status; those below 200 only announce it.
func (c *counted) WriteHeader(status int) {
	if c.status == 0 && status >= http.StatusOK {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counted) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(b)
	if !c.head {
		c.bytes += int64(n)
	}
	return n, err
}
