package web

import (
	"os"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// maxPicture is how large the picture of README.md may be, in bytes.
const maxPicture = 200_000

// TestThePictureOfTheReadme keeps the picture small. With -picture it is made
// anew: go test ./test/web -run Picture -picture
func TestThePictureOfTheReadme(t *testing.T) {
	const path = "package.webp"
	if *picture {
		p := chromium.Open(t, shared.Registry, browser.Reader{})
		p.Visit("/packages/oss-thumbnails")
		p.Picture(path, maxPicture)
	}
	file, err := os.Stat(path)
	if err != nil || file.Size() > maxPicture {
		t.Errorf("the picture has %d bytes, at most %d are allowed; %v", file.Size(), maxPicture, err)
	}
}
