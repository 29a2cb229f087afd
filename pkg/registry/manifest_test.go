package registry_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// A row that a version without groups wrote is read by this one, and the other
// way round.
func TestManifestsWithoutGroupsOfCommandsKeepTheirForm(t *testing.T) {
	const stored = `{"description":"d","visibility":"Public","commands":{"deploy":"部署","remove":""}}`
	want := registry.Manifest{Description: "d", Visibility: registry.Public, Commands: map[string]string{"deploy": "部署", "remove": ""}}
	var got registry.Manifest
	if err := json.Unmarshal([]byte(stored), &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if text, err := json.Marshal(want); err != nil || string(text) != stored {
		t.Errorf("written as %s, %v", text, err)
	}
}

func TestGroupsOfCommandsAreReadByWhoKnowsNone(t *testing.T) {
	text, err := json.Marshal(registry.Manifest{
		Commands:      map[string]string{"logs": "l"},
		CommandGroups: []registry.CommandGroup{{Name: "A", Commands: map[string]string{"info": "i"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var old struct {
		Commands map[string]string `json:"commands"`
	}
	if err := json.Unmarshal(text, &old); err != nil || old.Commands["logs"] != "l" {
		t.Errorf("%+v, %v", old, err)
	}
}
