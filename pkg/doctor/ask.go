package doctor

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxBody is how much of an answer is read, in bytes.
const maxBody = 4 << 20

// answer is a response, read to its end.
type answer struct {
	*http.Response
	body []byte
}

// ask sends a request, by a path of the registry or an address, with a token
// unless it is "".
func (d *Doctor) ask(ctx context.Context, method, address, token string, body io.Reader, contentType string) (answer, error) {
	if strings.HasPrefix(address, "/") {
		address = d.URL + address
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return answer{}, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	response, err := d.HTTP.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	return answer{response, text}, err
}

func (d *Doctor) get(ctx context.Context, address, token string) (answer, error) {
	return d.ask(ctx, http.MethodGet, address, token, nil, "")
}

// says is an answer's message, in any dialect, or how it begins.
func (a answer) says() string {
	var failure struct {
		Message  string
		Body     any
		Response struct{ Error struct{ Message string } }
	}
	text := string(a.body)
	if json.Unmarshal(a.body, &failure) == nil {
		if message := cmp.Or(failure.Message, failure.Response.Error.Message); message != "" {
			text = message
		} else if message, ok := failure.Body.(string); ok {
			text = message
		}
	}
	return fmt.Sprintf("%s %.200s", a.Status, strings.Join(strings.Fields(text), " "))
}

// decode reads a 200 of the dialect below /v3.
func decode[T any](a answer) (T, error) {
	var e struct{ Body T }
	if a.StatusCode != http.StatusOK {
		return e.Body, fmt.Errorf("the answer is %s", a.says())
	}
	if err := json.Unmarshal(a.body, &e); err != nil {
		return e.Body, fmt.Errorf("%w, in the answer %s", err, a.says())
	}
	return e.Body, nil
}
