package browser

import (
	"context"
	"fmt"
	"log"
	"os"
	"runtime"
	"testing"
)

// chromium is the browser of all tests.
var chromium *Browser

func TestMain(m *testing.M) {
	var err error
	if chromium, err = Start(".."); err != nil {
		log.Fatal(err)
	}
	if os.Getenv(holdVariable) != "" {
		fmt.Println("started")
		select {} // until it is killed
	}
	code := m.Run()
	if err := chromium.Close(); err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

// holdVariable makes this program start a browser and do nothing else.
const holdVariable = "BROWSER_TEST_HOLD"

// recorder is a test that is meant to fail: it keeps what it would have said.
type recorder struct {
	testing.TB
	said     []string
	cleanups []func()
}

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}
func (r *recorder) Error(args ...any) { r.said = append(r.said, fmt.Sprint(args...)) }
func (r *recorder) Cleanup(f func())  { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Fatal(args ...any) {
	r.Error(args...)
	runtime.Goexit()
}

// end runs the cleanups, of which any may end the goroutine.
func (r *recorder) end() {
	if len(r.cleanups) == 0 {
		return
	}
	last := r.cleanups[len(r.cleanups)-1]
	r.cleanups = r.cleanups[:len(r.cleanups)-1]
	defer r.end()
	last()
}

// failures runs a test to its end, and returns what made it fail.
func failures(t *testing.T, test func(t testing.TB)) []string {
	r := &recorder{TB: t}
	ended, end := context.WithCancel(t.Context())
	go func() {
		defer end()
		defer r.end()
		test(r)
	}()
	<-ended.Done()
	return r.said
}
