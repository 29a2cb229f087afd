// Command custom is a function for a custom runtime whose path says how it
// behaves.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

func main() {
	if os.Getenv("EXIT_AT_START") != "" {
		os.Exit(1)
	}
	http.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		body, _ := io.ReadAll(r.Body)
		w.Write(body)
	})
	http.HandleFunc("/stream", stream)
	http.HandleFunc("/request", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"method": r.Method, "uri": r.RequestURI, "host": r.Host, "header": r.Header, "pid": os.Getpid()})
	})
	http.HandleFunc("/status", func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(r.FormValue("code"))
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		w.WriteHeader(status)
	})
	http.HandleFunc("/refuse", func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		http.Error(w, "not that much", http.StatusRequestEntityTooLarge)
	})
	http.HandleFunc("/answer", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, os.Getenv("ANSWER")) })
	http.HandleFunc("/sleep", sleep)
	http.HandleFunc("/hold", hold)
	http.HandleFunc("/exit", func(http.ResponseWriter, *http.Request) { os.Exit(3) })
	http.HandleFunc("/abort", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half")
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	http.HandleFunc("/big", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.FormValue("n"))
		w.Header().Set("Content-Length", strconv.Itoa(n))
		io.CopyN(w, zeros{}, int64(n))
	})
	for _, path := range []string{"/invoke", "/initialize", "/pre-stop", "/record"} {
		http.HandleFunc(path, record)
	}
	fmt.Println("listening")
	fmt.Println(http.ListenAndServe("127.0.0.1:"+os.Getenv("FC_SERVER_PORT"), nil))
}

// stream answers each piece of the body when it comes.
func stream(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	control.EnableFullDuplex()
	control.Flush()
	buffer := make([]byte, 1024)
	for {
		n, err := r.Body.Read(buffer)
		w.Write(buffer[:n])
		control.Flush()
		if err != nil {
			return
		}
	}
}

var atOnce, most atomic.Int64

// hold answers once a file is there.
func hold(w http.ResponseWriter, r *http.Request) {
	if n := atOnce.Add(1); n > most.Load() {
		most.Store(n)
	}
	for err := error(os.ErrNotExist); err != nil; time.Sleep(5 * time.Millisecond) {
		_, err = os.Stat(r.FormValue("until"))
	}
	atOnce.Add(-1)
	fmt.Fprintf(w, "%d %d", os.Getpid(), most.Load())
}

func sleep(w http.ResponseWriter, r *http.Request) {
	d, _ := time.ParseDuration(r.FormValue("for"))
	time.Sleep(d)
}

// record appends a control request to the file RECORD.
func record(w http.ResponseWriter, r *http.Request) {
	f, err := os.OpenFile(os.Getenv("RECORD"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer f.Close()
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintln(f, r.Method, r.URL.Path, r.Header.Get("X-Fc-Retry-Count"), strings.TrimSpace(string(body)))
	failures, _ := strconv.Atoi(os.Getenv("FAILURES"))
	if retry, _ := strconv.Atoi(r.Header.Get("X-Fc-Retry-Count")); retry < failures {
		http.Error(w, "not yet", http.StatusInternalServerError)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
