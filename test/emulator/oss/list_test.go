package oss_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"
)

// listAll pages through a list and returns keys and common prefixes, without
// the test's own prefix, and the number of pages.
func listAll(t *testing.T, s *service, prefix string, options ...sdk.Option) (keys, groups []string, pages int) {
	t.Helper()
	token := ""
	for {
		all := append([]sdk.Option{sdk.Prefix(s.key(prefix))}, options...)
		if token != "" {
			all = append(all, sdk.ContinuationToken(token))
		}
		page, err := s.ListObjectsV2(all...)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, o := range page.Objects {
			keys = append(keys, o.Key[len(s.prefix):])
		}
		for _, group := range page.CommonPrefixes {
			groups = append(groups, group[len(s.prefix):])
		}
		if !page.IsTruncated {
			return keys, groups, pages
		}
		token = page.NextContinuationToken
	}
}

func TestList(t *testing.T) {
	s := anyService(t)
	all := []string{"a", "b/1", "b/2", "b/c/3", "d e+f", "g/h", "包/文件"}
	for _, key := range all {
		put(t, s.Bucket, s.key(key), key)
	}
	tests := []struct {
		name         string
		prefix       string
		options      []sdk.Option
		keys, groups []string
	}{
		{"all", "", nil, all, nil},
		{"prefix", "b/", nil, []string{"b/1", "b/2", "b/c/3"}, nil},
		{"prefix of nothing", "x", nil, nil, nil},
		{"delimiter", "", []sdk.Option{sdk.Delimiter("/")}, []string{"a", "d e+f"}, []string{"b/", "g/", "包/"}},
		{"prefix and delimiter", "b/", []sdk.Option{sdk.Delimiter("/")}, []string{"b/1", "b/2"}, []string{"b/c/"}},
		{"start after", "", []sdk.Option{sdk.StartAfter(s.key("b/2"))}, []string{"b/c/3", "d e+f", "g/h", "包/文件"}, nil},
		{"start after what is not there", "", []sdk.Option{sdk.StartAfter(s.key("c"))}, []string{"d e+f", "g/h", "包/文件"}, nil},
	}
	for _, test := range tests {
		for _, size := range []int{1, 2, 3, 1000} {
			t.Run(fmt.Sprint(test.name, " by ", size), func(t *testing.T) {
				keys, groups, pages := listAll(t, s, test.prefix, append(test.options, sdk.MaxKeys(size))...)
				if !slices.Equal(keys, test.keys) || !slices.Equal(groups, test.groups) {
					t.Errorf("got %q and %q, want %q and %q", keys, groups, test.keys, test.groups)
				}
				if n := len(test.keys) + len(test.groups); pages != max(1, (n+size-1)/size) {
					t.Errorf("%d entries came in %d pages", n, pages)
				}
			})
		}
	}
}

func TestListTellsOfObjects(t *testing.T) {
	s := anyService(t)
	var header http.Header
	put(t, s.Bucket, s.key("a"), "hello", sdk.GetResponseHeader(&header))
	page, err := s.ListObjectsV2(sdk.Prefix(s.key("")), sdk.FetchOwner(true))
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Objects) != 1 || page.MaxKeys != 100 || page.Prefix != s.key("") {
		t.Fatalf("got %+v", page)
	}
	o := page.Objects[0]
	if o.Size != 5 || o.ETag != header.Get("ETag") || o.LastModified.IsZero() || o.Owner.ID == "" || o.StorageClass != "Standard" {
		t.Errorf("got %+v", o)
	}
}

func TestListRefused(t *testing.T) {
	s := anyService(t)
	for name, option := range map[string]sdk.Option{
		"max-keys 0":    sdk.MaxKeys(0),
		"max-keys 1001": sdk.MaxKeys(1001),
		"token":         sdk.ContinuationToken("=!"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.ListObjectsV2(option)
			wantError(t, err, http.StatusBadRequest, "InvalidArgument")
		})
	}
}
