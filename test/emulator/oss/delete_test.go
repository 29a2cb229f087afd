package oss_test

import (
	"net/http"
	"slices"
	"testing"
)

func TestDelete(t *testing.T) {
	s := anyService(t)
	put(t, s.Bucket, s.key("a"), "x")
	for range 2 { // an absent object is not missed
		if err := s.DeleteObject(s.key("a")); err != nil {
			t.Fatal(err)
		}
	}
	wantAbsent(t, s.Bucket, s.key("a"))
	exists, err := s.IsObjectExist(s.key("a"))
	if err != nil || exists {
		t.Errorf("exists: %v, %v", exists, err)
	}
	_, err = s.GetObjectDetailedMeta(s.key("a"))
	wantError(t, err, http.StatusNotFound, "NoSuchKey")
}

func TestDeleteMany(t *testing.T) {
	s := anyService(t)
	keys := []string{s.key("a"), s.key("b <&> 包"), s.key("absent")}
	put(t, s.Bucket, keys[0], "x")
	put(t, s.Bucket, keys[1], "x")
	put(t, s.Bucket, s.key("kept"), "x")
	result, err := s.DeleteObjects(keys)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(result.DeletedObjects)
	if want := slices.Sorted(slices.Values(keys)); !slices.Equal(result.DeletedObjects, want) {
		t.Errorf("got %q, want %q", result.DeletedObjects, want)
	}
	wantAbsent(t, s.Bucket, keys[0])
	wantAbsent(t, s.Bucket, keys[1])
	if got := get(t, s.Bucket, s.key("kept")); got != "x" {
		t.Errorf("got %q", got)
	}
}

func TestDeleteManyRefusesMalformedLists(t *testing.T) {
	s := anyService(t)
	for _, list := range []string{"", "<Delete></Delete>", "<Delete><Object></Object></Delete>", "<Delete>", "{}"} {
		_, err := s.DeleteMultipleObjectsXml(list)
		wantError(t, err, http.StatusBadRequest, "MalformedXML")
	}
}
