package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Sizes of a history.
const (
	histories    = 15
	clients      = 8
	packages     = 2
	perClient    = 25
	versions     = 24 // numbers that are tried; the first ones first
	checkTimeout = patience
)

// TestHistoriesAreLinearizable lets many clients publish, delete, read, and
// change visibilities at random, and checks that what they were answered is
// what model_test.go says is promised.
func TestHistoriesAreLinearizable(t *testing.T) {
	t.Parallel()
	seed := historySeed(t)
	t.Logf("seed %d (FAULTS_SEED=%d tries the same choices again)", seed, seed)
	w := inProcess(t)
	u := &users{w: w, owner: w.user(t, "owner"), maintainer: w.user(t, "maintainer")}
	ends := make(map[string]int)
	for n := 0; n < histories && !t.Failed(); n++ {
		history := u.history(t, rand.New(rand.NewPCG(seed, uint64(n))), n)
		for _, o := range history {
			ends[strings.TrimSpace(o.Input.(input).do+" "+o.Output.(output).how)]++
		}
		verdict(t, "rows", newModel(false), history)
		verdict(t, "head", newModel(true), history)
	}
	t.Logf("checked %d histories: %v", histories, ends)
	for _, end := range []string{"publish done", "publish taken", "publish forbidden", "delete done", "delete missing", "all", "latest", "hide done", "show done"} {
		if ends[end] == 0 {
			t.Errorf("no history has %q: the histories show nothing of it", end)
		}
	}
}

func historySeed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("FAULTS_SEED")
	if text == "" {
		return rand.Uint64()
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	must(t, err)
	return seed
}

func verdict(t *testing.T, register string, model porcupine.Model, history []porcupine.Operation) {
	t.Helper()
	if got := porcupine.CheckOperationsTimeout(model, history, checkTimeout); got != porcupine.Ok {
		t.Errorf("the history is not linearizable by the %s: %v", register, got)
		slices.SortFunc(history, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
		for _, o := range history {
			t.Logf("%9d to %9d: %s", o.Call/1000, o.Return/1000, describe(o.Input.(input), o.Output.(output)))
		}
	}
}

// users are who takes part: the maintainer publishes and deletes own releases,
// and can't change the visibility by that.
type users struct {
	w                 *world
	owner, maintainer client
}

// history lets all clients work on new packages.
func (u *users) history(t *testing.T, random *rand.Rand, n int) []porcupine.Operation {
	t.Helper()
	names := make([]string, packages)
	for i := range names {
		names[i] = fmt.Sprintf("history-%d-%d", n, i)
		o, err := u.owner.publish(t.Context(), pack{name: names[i], version: "0.0.0"})
		if err != nil || !o.Released {
			t.Fatalf("%+v, %v", o, err)
		}
		must(t, u.w.admin.Managing.AddMaintainer(t.Context(), registry.Caller{User: "admin"}, names[i], "maintainer"))
	}
	var mu sync.Mutex
	var history []porcupine.Operation
	start := time.Now()
	var all sync.WaitGroup
	for id := range clients {
		own := rand.New(rand.NewPCG(random.Uint64(), random.Uint64()))
		all.Go(func() {
			for range perClient {
				in := choose(own, names)
				call := time.Since(start)
				out, err := u.do(t.Context(), in, id)
				if err != nil {
					t.Errorf("%+v: %v", in, err)
					return
				}
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: id, Input: in, Output: out, Call: int64(call), Return: int64(time.Since(start))})
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return history
}

// choose prefers changes to what others change at the same time.
func choose(random *rand.Rand, names []string) input {
	in := input{pkg: names[random.IntN(len(names))], nobody: random.IntN(2) == 0}
	in.do = []string{publishing, publishing, publishing, deleting, deleting, listing, listing, asking, asking, hiding, showing, showing}[random.IntN(12)]
	in.version = 1 + random.IntN(versions)
	return in
}

func (u *users) do(ctx context.Context, in input, id int) (output, error) {
	switch in.do {
	case publishing:
		return u.publish(ctx, in, id)
	case deleting:
		a, err := u.maintainer.remove(ctx, in.pkg, tag(in.version))
		return how(a, err, map[int]string{http.StatusOK: done, http.StatusNotFound: missing})
	case listing:
		return u.list(ctx, in)
	case asking:
		r, err := u.reader(in).latest(ctx, in.pkg)
		return output{latest: number(r.Tag)}, err
	}
	v := registry.Public
	if in.do == hiding {
		v = registry.Private
	}
	return output{how: done}, u.w.admin.Managing.SetVisibility(ctx, registry.Caller{User: "admin"}, in.pkg, v)
}

func (u *users) reader(in input) client {
	if in.nobody {
		return client{base: u.w.Registry}
	}
	return u.owner
}

func (u *users) publish(ctx context.Context, in input, id int) (output, error) {
	k := pack{name: in.pkg, version: tag(in.version), words: fmt.Sprint(id)}
	address, a, err := u.maintainer.announce(ctx, k)
	for err == nil && strings.Contains(string(a.body), "This is said once") { // of a refusal before
		address, a, err = u.maintainer.announce(ctx, k)
	}
	if err != nil || address == "" {
		return how(a, err, map[int]string{http.StatusConflict: taken, http.StatusForbidden: forbidden})
	}
	o, err := put(ctx, address, k.zip())
	switch {
	case err != nil:
		return output{}, err
	case o.Released:
		return output{how: done}, nil
	case strings.Contains(o.Message, "can publish it as"):
		return output{how: forbidden}, nil
	case strings.Contains(o.Message, "published"):
		return output{how: taken}, nil
	}
	return output{}, fmt.Errorf("upload: %+v", o)
}

func how(a answer, err error, known map[int]string) (output, error) {
	if err == nil && known[a.status] == "" {
		err = fmt.Errorf("answer %s", a)
	}
	return output{how: known[a.status]}, err
}

func (u *users) list(ctx context.Context, in input) (output, error) {
	var out output
	a, err := u.reader(in).get(ctx, "/"+in.pkg+"/releases?per_page=100")
	if err != nil || a.status == http.StatusNotFound {
		return out, err
	}
	var list []release
	if err := json.Unmarshal(a.body, &list); err != nil {
		return out, fmt.Errorf("%s: %w", a, err)
	}
	for _, r := range list {
		out.list |= 1 << number(r.Tag)
	}
	return out, nil
}

// tag is a version's text, and number its opposite: -1 for none.
func tag(version int) string { return strconv.Itoa(version) + ".0.0" }

func number(tag string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(tag, ".0.0"))
	if err != nil {
		return -1
	}
	return n
}
