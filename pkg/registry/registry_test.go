package registry_test

import (
	"context"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// store is where a test's packages are kept.
type store struct {
	catalog       registry.Catalog
	uploads       registry.Uploads
	attempts      registry.Attempts
	organizations registry.Organizations
	audit         registry.Audit
	webhooks      registry.Webhooks
	outbox        registry.Outbox
	blobs         registry.Blobs
	zips          registry.ZIPs
	objects       *memory.Blobs // below blobs
	answers       *memory.Answers
}

func newStore(t *testing.T) store {
	blobs := memory.NewBlobs()
	t.Cleanup(func() { blobs.Close() })
	return store{
		catalog: memory.NewCatalog(), uploads: memory.NewUploads(), attempts: memory.NewAttempts(), organizations: memory.NewOrganizations(),
		audit: memory.NewAudit(), webhooks: memory.NewWebhooks(), outbox: memory.NewOutbox(), blobs: blobs, zips: blobs, objects: blobs,
		answers: memory.NewAnswers(),
	}
}

func (s store) recorder() *registry.Recorder {
	return &registry.Recorder{Audit: s.audit, Clock: now}
}

func (s store) heads() *registry.Heads {
	return &registry.Heads{Catalog: s.catalog, Recorder: s.recorder(), Notifying: s.notifying()}
}

func (s store) notifying() *registry.Notifying {
	return &registry.Notifying{Webhooks: s.webhooks, Outbox: s.outbox, Clock: now}
}

func (s store) access() *registry.Access {
	return &registry.Access{Organizations: s.organizations}
}

func (s store) organizing() *registry.Organizing {
	return &registry.Organizing{Organizations: s.organizations, Recorder: s.recorder()}
}

func (s store) managing() *registry.Managing { return &registry.Managing{Heads: s.heads()} }

func (s store) publishing() *registry.Publishing {
	return &registry.Publishing{
		Catalog: s.catalog, Uploads: s.uploads, Attempts: s.attempts, Blobs: s.blobs, Access: s.access(), Organizing: s.organizing(),
		CallbackURL: "http://127.0.0.1:1/ingest", TTL: time.Minute, Clock: now,
	}
}

func (s store) ingesting() *registry.Ingesting {
	return &registry.Ingesting{
		Heads: s.heads(), Uploads: s.uploads, Attempts: s.attempts, Blobs: s.blobs, ZIPs: s.zips, Access: s.access(),
		Canonicalize: manifest.Canonicalize, Disk: registry.NewDisk(registry.MaxZIP), Clock: now, Answers: s.answers,
	}
}

func (s store) deleting() *registry.Deleting {
	return &registry.Deleting{Heads: s.heads(), Blobs: s.blobs, Access: s.access()}
}

func (s store) queries() *registry.Queries {
	return &registry.Queries{Catalog: s.catalog, Access: s.access(), Attempts: s.attempts}
}

// downloads hands out addresses of ZIPs.
func (s store) downloads() *registry.Downloads {
	return &registry.Downloads{Queries: s.queries(), Blobs: s.blobs, Tickets: tickets(), TTL: time.Minute}
}

// wrapping hands out addresses of ZIPs with one top directory.
func (s store) wrapping() *registry.Wrapping {
	return registry.NewWrapping(s.downloads(), s.objects, manifest.WrapZIP, time.Minute)
}

func tickets() *identity.Tickets {
	return &identity.Tickets{Key: identity.Key("0123456789abcdef0123456789abcdef"), Clock: now, TTL: 10 * time.Minute}
}

// as is a user with a token that may do everything.
func as(user string) registry.Caller {
	return registry.Caller{User: user, Token: "default", From: "192.0.2.1", RequestID: "of-" + user}
}

// viewer is a user who reads; "" is nobody.
func viewer(user string) registry.Viewer {
	return func(context.Context) (string, error) { return user, nil }
}

func now() time.Time {
	return time.Date(2025, 3, 1, 8, 0, 0, 999, time.FixedZone("CST", 8*60*60))
}

// submission returns what alice's CLI announces for a plugin.
func submission(name, version string) registry.Submission {
	return registry.Submission{
		Name: name, Version: version, InZIP: version, Type: registry.Plugin,
		Manifest: registry.Manifest{Description: "测试", Visibility: registry.Public},
		Texts:    registry.Texts{VersionBody: "notes of " + version, Readme: "# 示例"},
	}
}

func pluginZIP(name, version string) []byte {
	return registrytest.ZIP(registrytest.Files(registry.Plugin, name, version))
}

// otherZIP is as good as pluginZIP, with other bytes.
func otherZIP(name, version string) []byte {
	files := registrytest.Files(registry.Plugin, name, version)
	files["other.txt"] = "other"
	return registrytest.ZIP(files)
}

// announce announces a plugin and returns the upload's id.
func (s store) announce(t testing.TB, user, name, version string) string {
	t.Helper()
	a, err := s.publishing().Announce(t.Context(), as(user), submission(name, version))
	if err != nil {
		t.Fatal(err)
	}
	return uploadID(t, a.URL)
}

// uploadID reads the id from the address to which an upload is PUT.
func uploadID(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(path.Base(u.Path), ".zip")
}

// upload announces a plugin and puts its ZIP where ingest finds it.
func (s store) upload(t testing.TB, user, name, version string) string {
	t.Helper()
	id := s.announce(t, user, name, version)
	s.objects.Put(registry.UploadKey(id), pluginZIP(name, version))
	return id
}

// publish brings a plugin of alice's all the way.
func (s store) publish(t testing.TB, name string, versions ...string) {
	t.Helper()
	for _, version := range versions {
		o, err := s.ingesting().Ingest(t.Context(), s.upload(t, "alice", name, version))
		if err != nil || !o.Released {
			t.Fatalf("publish %s@%s: %+v, %v", name, version, o, err)
		}
	}
}

func (s store) delete(t testing.TB, name string, versions ...string) {
	t.Helper()
	for _, version := range versions {
		if err := s.deleting().Delete(t.Context(), as("alice"), name, version); err != nil {
			t.Fatalf("delete %s@%s: %v", name, version, err)
		}
	}
}

// releases returns everything visible of a package, highest first.
func (s store) releases(t testing.TB, name string) []registry.Release {
	t.Helper()
	_, all, err := s.catalog.Releases(context.Background(), name, 0, 1000)
	if err != nil && registry.CodeOf(err) != registry.NotFound {
		t.Fatal(err)
	}
	for i, r := range all {
		_, all[i], err = s.catalog.Release(context.Background(), name, r.Version, registry.Full)
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func (s store) visible(t testing.TB, name string) string {
	t.Helper()
	var versions []string
	for _, r := range s.releases(t, name) {
		versions = append(versions, r.Version.String())
	}
	return strings.Join(versions, " ")
}

// latest returns what the head says, "" when it says nothing.
func (s store) latest(t testing.TB, name string) string {
	t.Helper()
	_, r, err := s.queries().Latest(context.Background(), viewer("alice"), name, registry.Summary)
	if err != nil && registry.CodeOf(err) != registry.NotFound {
		t.Fatal(err)
	}
	return r.Version.String()
}

// checkServed requires that whatever can be found has its ZIP: at any time,
// after any failure.
func (s store) checkServed(t testing.TB, name string) {
	t.Helper()
	served := s.releases(t, name)
	if _, r, err := s.queries().Latest(context.Background(), viewer("alice"), name, registry.Full); err == nil {
		served = append(served, r)
	}
	keys := s.objects.Keys()
	for _, r := range served {
		if !slices.Contains(keys, r.ZIP.Key) {
			t.Fatalf("%s is visible without its ZIP %s; there are %v", r.Version, r.ZIP.Key, keys)
		}
	}
}

// checkSettled requires what must hold once nothing is under way: latest is
// the highest, and there are exactly the ZIPs of the visible releases.
func (s store) checkSettled(t testing.TB, name string) {
	t.Helper()
	s.checkServed(t, name)
	var highest registry.Version
	var zips []string
	for _, r := range s.releases(t, name) {
		if r.Version.Outranks(highest) {
			highest = r.Version
		}
		zips = append(zips, r.ZIP.Key)
	}
	if got := s.latest(t, name); got != highest.String() {
		t.Fatalf("latest is %q, the highest of %q is %q", got, s.visible(t, name), highest)
	}
	slices.Sort(zips)
	if keys := s.objects.Keys(); !slices.Equal(keys, zips) {
		t.Fatalf("objects left are %v, want %v", keys, zips)
	}
	s.checkRecorded(t, name)
}

// checkRecorded requires that each change of a package that took effect is in
// the audit once, in the order of the effects.
func (s store) checkRecorded(t testing.TB, name string) {
	t.Helper()
	h, err := s.catalog.Head(context.Background(), name, registry.Full)
	if err != nil && registry.CodeOf(err) != registry.NotFound {
		t.Fatal(err)
	}
	events := registrytest.Events(t, s.audit, "package/"+registry.Key(name))
	for i, e := range events {
		if e.Seq != int64(i+1) || e.User == "" || e.Action == "" || !e.Time.Equal(now().Truncate(time.Second)) {
			t.Fatalf("event %d is %+v", i+1, e)
		}
	}
	if int64(len(events)) != h.Revision {
		t.Fatalf("%d changes, recorded are %+v", h.Revision, events)
	}
}

// recorded lists what the audit has of a subject.
func (s store) recorded(t testing.TB, subject string) string {
	t.Helper()
	var all []string
	for _, e := range registrytest.Events(t, s.audit, subject) {
		all = append(all, strings.TrimSpace(e.User+": "+e.Action+" "+e.Detail))
	}
	return strings.Join(all, "; ")
}

// wantError requires a code and the words that the client must be told.
func wantError(t testing.TB, err error, code registry.Code, words ...string) {
	t.Helper()
	if err == nil || registry.CodeOf(err) != code {
		t.Fatalf("got error %v (code %d), want code %d", err, registry.CodeOf(err), code)
	}
	wantWords(t, err.Error(), words...)
}

func wantWords(t testing.TB, message string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(message, w) {
			t.Fatalf("message %q does not say %q", message, w)
		}
	}
}

func wantPackage(t testing.TB, got, want registry.Package) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("package %+v, want %+v", got, want)
	}
}
