package hostile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// zipPath is below what ZIPs are downloaded.
const zipPath = "/zip/"

// release is one that was published to the upstream.
type release struct {
	name    string // as it is spelled
	version registry.Version
	zip     []byte
	fields  map[string]any // what the answer says more, or otherwise
}

// Publish adds a release, a Component with the given ZIP, or replaces it. It
// panics at a version that is none. fields come into its answers as they are.
func (u *Upstream) Publish(name, version string, zip []byte, fields map[string]any) {
	v, err := registry.ParseVersion(version)
	if err != nil {
		panic(err)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	key := registry.Key(name)
	list := slices.DeleteFunc(u.releases[key], func(r release) bool { return r.version == v })
	list = append(list, release{name, v, zip, fields})
	slices.SortStableFunc(list, func(a, b release) int { return b.version.Compare(a.version) })
	u.releases[key] = list
}

// answer is the honest one.
func (u *Upstream) answer(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	body, zip := u.find(r)
	u.mu.Unlock()
	switch {
	case zip != nil:
		w.Header().Set("Content-Type", "application/zip")
		w.Write(zip) //nolint:errcheck // the client may leave
	case body == nil:
		write(w, http.StatusNotFound, "no such package")
	default:
		write(w, http.StatusOK, body)
	}
}

// find returns the body of an answer, or a ZIP, or neither.
func (u *Upstream) find(r *http.Request) (body any, zip []byte) {
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case len(path) == 3 && path[0] == "zip":
		for _, found := range u.releases[registry.Key(path[1])] {
			if found.version.String() == path[2] {
				return nil, found.zip
			}
		}
	case r.URL.Path == "/v3/packages/releases":
		return u.list(r.URL.Query().Get("search")), nil
	case len(path) >= 4 && path[1] == "packages" && path[3] == "release":
		return u.release(path[2], path[4:], r.URL.Query().Get("page")), nil
	}
	return nil, nil
}

// release answers what is asked of one package.
func (u *Upstream) release(name string, asked []string, page string) any {
	list := u.releases[registry.Key(name)]
	if len(list) == 0 {
		return nil
	}
	switch {
	case len(asked) == 0 && page != "" && page != "1":
		return []any{}
	case len(asked) == 0:
		all := make([]any, len(list))
		for i, r := range list {
			all[i] = u.fields(r)
		}
		return all
	case asked[0] == "latest":
		return u.fields(latest(list))
	case asked[0] == "tags" && len(asked) == 2:
		for _, r := range list {
			if r.version.String() == asked[1] {
				return u.fields(r)
			}
		}
	}
	return nil
}

func latest(list []release) release {
	best := list[0]
	for _, r := range list {
		if r.version.Outranks(best.version) {
			best = r
		}
	}
	return best
}

func (u *Upstream) list(search string) []any {
	found := []any{}
	for key, list := range u.releases {
		if !strings.Contains(key, registry.Key(search)) {
			continue
		}
		r := latest(list)
		found = append(found, map[string]any{
			"id": key, "type": "Component", "name": r.name, "description": "from upstream", "tags": []string{"upstream"},
			"provider": []string{"阿里云"}, "category": named("Other"), "download": 3, "latest_create": "2025-02-28 23:59:58",
			"user": map[string]any{"id": 7, "username": "stranger"}, "organization": named(""), "show": "Public", "version": r.version.String(),
		})
	}
	return found
}

// fields are a release as the public registry answers it, and its SHA-256 and
// size, which that does not tell.
func (u *Upstream) fields(r release) map[string]any {
	sum := sha256.Sum256(r.zip)
	all := map[string]any{
		"tag_name": r.version.String(), "created_at": "2025-02-28 23:59:58", "body": "- from upstream", "platform": 3,
		"zipball_url": strings.TrimSuffix(u.URL, "/v3") + zipPath + r.name + "/" + r.version.String(),
		"size":        len(r.zip), "sha256": hex.EncodeToString(sum[:]),
		"name": r.name, "type": "Component", "description": "from upstream", "tags": []string{"upstream"}, "provider": []string{"阿里云"},
		"category": named("Other"), "readme": "# " + r.name, "home": "https://example.com", "service": map[string]any{}, "download": 3,
		"user": map[string]any{"id": 7, "username": "stranger"}, "organization": named("strangers"), "syaml": "edition: 3.0.0\n",
	}
	for name, value := range r.fields {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	return all
}

func named(name string) map[string]any { return map[string]any{"id": 1, "name": name} }

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"request_id": "upstream", "body": body}) //nolint:errcheck // the client may leave
}
