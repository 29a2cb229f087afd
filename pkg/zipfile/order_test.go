package zipfile_test

import (
	"archive/zip"
	"bytes"
	"testing"
)

// pack stores files in this order.
func pack(t *testing.T, files ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f[0], Method: zip.Store})
		if err == nil {
			_, err = w.Write([]byte(f[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNoFirstEntryDisguisesAZIP(t *testing.T) {
	plain := [2]string{"publish.yaml", "Name: hello"}
	for name, files := range map[string][][2]string{
		"an EPUB":           {{"mimetype", "application/epub+zip"}, plain},
		"an EPUB by a name": {{"mimetypeapplication/epub+zip", ""}, {"mimetype", "application/epub+zip"}, plain},
		"an add-on":         {{"META-INF/mozilla.rsa", "x"}, plain, {"a", "b"}},
	} {
		served, _ := mustCanonical(t, pack(t, files...))
		if first := string(served[30:42]); first != "publish.yaml" {
			t.Errorf("%s: the first entry is %q", name, first)
		}
		if again, _ := mustCanonical(t, served); !bytes.Equal(again, served) {
			t.Errorf("%s: the canonical form of the canonical form is another", name)
		}
	}
}
