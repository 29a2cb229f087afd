package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
)

// answer is a recorded HTTP response.
type answer struct {
	Status int
	Header http.Header // without Date, which net/http adds
	Body   []byte
}

// bare is the main of a bare server: net/http that answers each method with
// recorded bytes, the least that any Go server of these bytes does. It serves
// until its standard input ends.
func bare(in io.Reader, out io.Writer) error {
	decoder := json.NewDecoder(in)
	var answers map[string]answer
	if err := decoder.Decode(&answers); err != nil {
		return fmt.Errorf("answers: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, listener.Addr())
	server := &http.Server{Handler: replay(answers), ErrorLog: log.New(io.Discard, "", 0)}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	_, err = io.Copy(io.Discard, in)
	server.Close()
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		return served
	}
	return err
}

// replay answers by method.
func replay(answers map[string]answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := answers[r.Method]
		if !ok {
			http.Error(w, "nothing recorded for this method", http.StatusMethodNotAllowed)
			return
		}
		if r.ContentLength != 0 {
			_, _ = io.Copy(io.Discard, r.Body) // a client that went away
		}
		header := w.Header()
		for name, values := range a.Header {
			header[name] = values
		}
		w.WriteHeader(a.Status)
		_, _ = w.Write(a.Body) // a client that went away
	})
}

// startBare starts a bare server and returns its HOST:PORT.
func startBare(ctx context.Context, answers map[string]answer) (*peer, string, error) {
	text, err := json.Marshal(answers)
	if err != nil {
		return nil, "", err
	}
	p, output, err := startPeer(ctx, roleBare, text)
	if err != nil {
		return nil, "", err
	}
	address, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return nil, "", fmt.Errorf("bare server: %w", errors.Join(err, p.close()))
	}
	return p, strings.TrimSpace(address), nil
}

// record sends a request and keeps its answer.
func record(client *http.Client, r *http.Request) (answer, error) {
	response, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, fmt.Errorf("%s %s: %w", r.Method, r.URL, err)
	}
	response.Header.Del("Date")
	return answer{response.StatusCode, response.Header, body}, nil
}

// newClient returns a client that shows every answer as it came.
func newClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
