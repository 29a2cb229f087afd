package registrytest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Uploads tests a registry.Uploads. Each one that open returns is empty.
func Uploads(t *testing.T, open func(*testing.T) registry.Uploads) {
	tests := map[string]func(*testing.T, registry.Uploads){
		"an unknown upload is NotFound":             testUnknownUpload,
		"an upload is read back in full":            testUploadRoundTrip,
		"a version is assigned once":                testAssign,
		"of concurrent assignments one wins":        testAssignRace,
		"the first outcome counts":                  testFinish,
		"concurrent runs agree on one outcome":      testFinishRace,
		"uploads do not touch each other":           testUploadsApart,
		"the outcome of an assigned upload is kept": testFinishAssigned,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// upload returns an announced upload with every field set.
func upload(t *testing.T, version string) registry.Upload {
	t.Helper()
	r := Release(t, "hello", version)
	r.ZIP, r.PublishTime = registry.ZIP{}, time.Time{}
	by := registry.Caller{
		User: "alice", Token: "ci", Scope: registry.Scope{Limited: true, Packages: []string{"hello", "other"}},
		From: "192.0.2.1", RequestID: "1-2-3",
	}
	return registry.Upload{ID: r.Upload, Dev: r.Version.IsDev(), InZIP: "dev", By: by, Package: Package(r), Before: registry.Private, Release: r}
}

func announce(t *testing.T, u registry.Uploads, version string) registry.Upload {
	t.Helper()
	announced := upload(t, version)
	wantNoError(t, u.PutUpload(t.Context(), announced))
	return announced
}

func equalUpload(t *testing.T, u registry.Uploads, want registry.Upload) {
	t.Helper()
	got, err := u.Upload(t.Context(), want.ID)
	wantNoError(t, err)
	equalRelease(t, got.Release, want.Release)
	got.Release = want.Release
	equal(t, got, want)
}

func testUnknownUpload(t *testing.T, u registry.Uploads) {
	_, err := u.Upload(t.Context(), "nothing")
	wantCode(t, err, registry.NotFound)
}

func testUploadRoundTrip(t *testing.T, u registry.Uploads) {
	for _, version := range []string{"1.2.3-rc.1+build.5", "dev.0.7"} {
		announced := announce(t, u, version)
		equalUpload(t, u, announced)
		equal(t, announced.Outcome.Done(), false)
	}
}

func testAssign(t *testing.T, u registry.Uploads) {
	announced := announce(t, u, "dev.0.1")
	from, to := announced.Release.Version, Version(t, "dev.0.2")
	wantNoError(t, u.Assign(t.Context(), announced.ID, from, to))
	announced.Release.Version = to
	equalUpload(t, u, announced)
	wantCode(t, u.Assign(t.Context(), announced.ID, from, Version(t, "dev.0.3")), registry.Conflict)
	equalUpload(t, u, announced)
}

func testAssignRace(t *testing.T, u registry.Uploads) {
	announced := announce(t, u, "dev.0.1")
	winners := race(t, 8, func(i int) error {
		return u.Assign(t.Context(), announced.ID, announced.Release.Version, registry.DevBuild(uint64(i+2)))
	})
	equal(t, len(winners), 1)
	announced.Release.Version = registry.DevBuild(uint64(winners[0] + 2))
	equalUpload(t, u, announced)
}

func testFinish(t *testing.T, u registry.Uploads) {
	released := registry.Outcome{Released: true}
	rejected := registry.Outcome{Reason: "不是 ZIP"}
	for _, first := range []registry.Outcome{released, rejected} {
		announced := announce(t, u, "1.0.0")
		for _, next := range []registry.Outcome{first, released, rejected} {
			stored, err := u.Finish(t.Context(), announced.ID, next)
			wantNoError(t, err)
			equal(t, stored, first)
		}
		announced.Outcome = first
		equalUpload(t, u, announced)
	}
}

func testFinishRace(t *testing.T, u registry.Uploads) {
	announced := announce(t, u, "1.0.0")
	outcomes := make([]registry.Outcome, 8)
	var runs sync.WaitGroup
	for i := range outcomes {
		runs.Go(func() {
			var err error
			outcomes[i], err = u.Finish(t.Context(), announced.ID, registry.Outcome{Reason: fmt.Sprint("run ", i)})
			if err != nil {
				t.Error(err)
			}
		})
	}
	runs.Wait()
	announced.Outcome = outcomes[0]
	equal(t, outcomes[0].Done(), true)
	equalUpload(t, u, announced)
	for _, o := range outcomes {
		equal(t, o, outcomes[0])
	}
}

func testUploadsApart(t *testing.T, u registry.Uploads) {
	one, other := announce(t, u, "dev.0.1"), announce(t, u, "dev.0.1")
	wantNoError(t, u.Assign(t.Context(), one.ID, one.Release.Version, Version(t, "dev.0.2")))
	_, err := u.Finish(t.Context(), one.ID, registry.Outcome{Released: true})
	wantNoError(t, err)
	equalUpload(t, u, other)
}

func testFinishAssigned(t *testing.T, u registry.Uploads) {
	announced := announce(t, u, "dev.0.1")
	to := Version(t, "dev.0.2")
	wantNoError(t, u.Assign(t.Context(), announced.ID, announced.Release.Version, to))
	stored, err := u.Finish(t.Context(), announced.ID, registry.Outcome{Released: true})
	wantNoError(t, err)
	announced.Release.Version, announced.Outcome = to, stored
	equalUpload(t, u, announced)
}
