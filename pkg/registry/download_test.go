package registry_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func addresses() *registry.Addresses {
	return &registry.Addresses{Base: "https://registry.example", Tickets: tickets()}
}

// ticketOf returns the ticket in the address of a release's ZIP.
func (s store) ticketOf(t *testing.T, user, version string) string {
	t.Helper()
	p, r, err := s.queries().Tag(t.Context(), viewer(user), "hello", version, registry.Summary)
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(addresses().ZIP(p, r))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := address.Scheme+"://"+address.Host+address.Path, "https://registry.example/hello/zipball/"+r.Version.String(); got != want {
		t.Fatalf("address %s, want %s", got, want)
	}
	return address.Query().Get("ticket")
}

func TestOnlyPackagesThatAreNotPublicHaveTickets(t *testing.T) {
	for v, want := range map[registry.Visibility]bool{registry.Public: false, registry.Organization: true, registry.Private: true} {
		if got := hello(t, v).ticketOf(t, "alice", "1.0.0"); (got != "") != want {
			t.Errorf("%s: ticket %q", v, got)
		}
	}
}

func TestATicketLetsAnybodyDownloadItsRelease(t *testing.T) {
	for _, v := range []registry.Visibility{registry.Organization, registry.Private} {
		s := hello(t, v)
		s.mustBring(t, "alice", of("hello", "1.2.0-rc.1+b", company, v))
		for _, version := range []string{"1.0.0", "1.2.0-rc.1+b"} {
			ticket := s.ticketOf(t, "alice", version)
			for _, user := range []string{"", "bob", "alice"} {
				address, _, err := s.downloads().URL(t.Context(), viewer(user), "HELLO", version, ticket)
				if err != nil {
					t.Fatal(err)
				}
				response, err := http.Get(address)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(response.Body)
				response.Body.Close()
				if err != nil || !slices.Equal(got, pluginZIP("hello", version)) {
					t.Errorf("%s to %q: %s, %d bytes, %v", version, user, response.Status, len(got), err)
				}
			}
			for _, other := range []string{"1.1.0", "^1", "*", "dev", "1.2.0-rc.1", ""} {
				_, _, err := s.downloads().URL(t.Context(), viewer(""), "hello", other, ticket)
				wantError(t, err, registry.NotFound)
			}
			late := s.downloads()
			ended := tickets()
			ended.Clock = func() time.Time { return now().Add(ended.TTL) }
			late.Tickets = ended
			_, _, err := late.URL(t.Context(), viewer(""), "hello", version, ticket)
			wantError(t, err, registry.NotFound)
		}
	}
}

func TestATicketIsNotForWhatWasDeleted(t *testing.T) {
	s := hello(t, registry.Private)
	ticket := s.ticketOf(t, "alice", "1.1.0")
	s.delete(t, "hello", "1.1.0")
	_, _, got := s.downloads().URL(t.Context(), viewer(""), "hello", "1.1.0", ticket)
	_, _, want := newStore(t).downloads().URL(t.Context(), viewer(""), "hello", "1.1.0", ticket)
	wantError(t, got, registry.NotFound, want.Error())
}

func TestAddressesAreEscaped(t *testing.T) {
	s := newStore(t)
	s.publish(t, "a_b.C-d", "1.0.0+b")
	p, r, err := s.queries().Latest(t.Context(), registry.Anonymous, "A_B.c-d", registry.Summary)
	if err != nil {
		t.Fatal(err)
	}
	if got := addresses().ZIP(p, r); !strings.HasPrefix(got, "https://registry.example/a_b.C-d/zipball/1.0.0") || strings.Contains(got, "?") {
		t.Errorf("address %s", got)
	}
}
