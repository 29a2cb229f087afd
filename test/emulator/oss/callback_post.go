package oss

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// CallbackTimeout is how long the service lets an upload's callback take.
const CallbackTimeout = 5 * time.Second

const maxCallbackAnswer = 1 << 20

// newCallbackClient returns a client that goes where it is told: no proxy, no
// redirects.
func newCallbackClient(timeout time.Duration) *http.Client {
	return &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: 16},
		Timeout:   timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
}

// answerWithCallback tells the callback's receiver of a stored object, and the
// uploader what that one said. A callback that failed is answered with 203: the
// object stays, and nobody tries again.
func (s *Service) answerWithCallback(w http.ResponseWriter, c *call, o *object, cb *callback) error {
	body := cb.expand(callbackValues(c, o, cb))
	var answer []byte
	var err error
	for _, address := range cb.urls {
		if answer, err = s.post(c, cb, address, body); err == nil {
			break
		}
		s.log.Warn("callback failed", "request_id", c.id, "url", address, "error", err)
	}
	if err != nil {
		e := refuse(http.StatusNonAuthoritativeInfo, "CallbackFailed", "%v", err)
		e.ec = "0007-00000203"
		return e
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	w.Header().Del("Content-MD5") // it would be that of the answer
	s.write(w, c, answer)
	return nil
}

// post returns a good answer's body. Its errors are worded as the service
// words them.
func (s *Service) post(c *call, cb *callback, address, body string) ([]byte, error) {
	r, err := http.NewRequestWithContext(c.Context(), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Host = cb.Host
	maps.Copy(r.Header, http.Header{
		"Content-Type":     {cb.BodyType},
		"User-Agent":       {"aliyun-oss-callback"},
		"X-Oss-Bucket":     {c.bucket},
		"X-Oss-Request-Id": {c.id},
		"X-Oss-Tag":        {"CALLBACK"},
	})
	response, err := s.callbacks.Do(r)
	if err != nil {
		return nil, callbackError(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, errors.New("Error status : " + strconv.Itoa(response.StatusCode) + ".")
	}
	if n := response.ContentLength; n < 0 || n > maxCallbackAnswer {
		return nil, errors.New("Error status : 400.User server return too long content-length value.")
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, callbackError(err)
	}
	if !json.Valid(answer) {
		return nil, errors.New("Response body is not valid json format.")
	}
	return answer, nil
}

func callbackError(err error) error {
	var timeout interface{ Timeout() bool }
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return errors.New("Cost too long time.")
	}
	return errors.New("Error status : -1.OSS can not connect to your callbackUrl, please check it.")
}
