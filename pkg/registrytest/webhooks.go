package registrytest

import (
	"fmt"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Webhooks tests a registry.Webhooks. Each one that open returns is empty.
func Webhooks(t *testing.T, open func(*testing.T) registry.Webhooks) {
	tests := map[string]func(*testing.T, registry.Webhooks){
		"lists are read back in full, others left out":  testWebhookLists,
		"a list is written on its own revision only":    testWebhookRevision,
		"of concurrent writers of a list one wins":      testWebhookRace,
		"all lists are yielded, and it may be ended":    testAllWebhookLists,
		"the last webhook removed leaves an empty list": testNoWebhooks,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func webhookList(subject string, revision int64) registry.WebhookList {
	l := registry.WebhookList{Subject: subject, Journal: Journal("webhooks/" + subject)}
	l.Revision = revision
	for i := range 2 {
		l.Webhooks = append(l.Webhooks, registry.Webhook{
			ID: fmt.Sprint("ID", i), URL: "https://example.com/?a=<示例>&b", By: "alice", Set: time.Date(2025, 2, 28, 23, 59, 58, 0, time.UTC),
		})
	}
	return l
}

func testWebhookLists(t *testing.T, w registry.Webhooks) {
	got, err := w.WebhookLists(t.Context(), "package/hello")
	wantNoError(t, err)
	equal(t, len(got), 0)
	subjects := []string{"package/hello", "organization/" + company, registry.AllPackages}
	for _, subject := range subjects {
		wantNoError(t, w.PutWebhookList(t.Context(), webhookList(subject, 0)))
	}
	for _, ask := range [][]string{subjects, {"package/hell", subjects[1], "package/hello-"}, {subjects[2]}} {
		lists, err := w.WebhookLists(t.Context(), ask...)
		wantNoError(t, err)
		got := map[string]registry.WebhookList{}
		for _, l := range lists {
			got[l.Subject] = l
		}
		want := map[string]registry.WebhookList{}
		for _, subject := range ask {
			if subject != "package/hell" && subject != "package/hello-" {
				want[subject] = webhookList(subject, 1)
			}
		}
		equal(t, got, want)
	}
}

func testWebhookRevision(t *testing.T, w registry.Webhooks) {
	wantCode(t, w.PutWebhookList(t.Context(), webhookList("package/hello", 1)), registry.Conflict)
	wantNoError(t, w.PutWebhookList(t.Context(), webhookList("package/hello", 0)))
	wantCode(t, w.PutWebhookList(t.Context(), webhookList("package/hello", 0)), registry.Conflict)
	wantNoError(t, w.PutWebhookList(t.Context(), webhookList("package/hello", 1)))
}

func testWebhookRace(t *testing.T, w registry.Webhooks) {
	for _, revision := range []int64{0, 1} {
		winners := race(t, 8, func(i int) error {
			l := webhookList("package/hello", revision)
			l.Webhooks[0].By = fmt.Sprint("user", i)
			return w.PutWebhookList(t.Context(), l)
		})
		equal(t, len(winners), 1)
		lists, err := w.WebhookLists(t.Context(), "package/hello")
		wantNoError(t, err)
		equal(t, lists[0].Webhooks[0].By, fmt.Sprint("user", winners[0]))
	}
}

func testAllWebhookLists(t *testing.T, w registry.Webhooks) {
	want := map[string]bool{}
	for i := range 5 {
		subject := fmt.Sprint("package/hello", i)
		want[subject] = true
		wantNoError(t, w.PutWebhookList(t.Context(), webhookList(subject, 0)))
	}
	got := map[string]bool{}
	for l, err := range w.AllWebhookLists(t.Context()) {
		wantNoError(t, err)
		equal(t, l, webhookList(l.Subject, 1))
		got[l.Subject] = true
	}
	equal(t, got, want)
	for _, err := range w.AllWebhookLists(t.Context()) {
		wantNoError(t, err)
		break
	}
}

func testNoWebhooks(t *testing.T, w registry.Webhooks) {
	wantNoError(t, w.PutWebhookList(t.Context(), webhookList("package/hello", 0)))
	wantNoError(t, w.PutWebhookList(t.Context(), registry.WebhookList{Subject: "package/hello", Journal: registry.Journal{Revision: 1}}))
	lists, err := w.WebhookLists(t.Context(), "package/hello")
	wantNoError(t, err)
	equal(t, len(lists), 1)
	equal(t, len(lists[0].Webhooks), 0)
	equal(t, lists[0].Revision, int64(2))
}
