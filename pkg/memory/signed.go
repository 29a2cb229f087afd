package memory

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// callbackTimeout is OSS's.
const callbackTimeout = 5 * time.Second

// PresignUpload implements registry.Blobs.
func (b *Blobs) PresignUpload(_ context.Context, key string, expires time.Duration, callbackURL, callback string) (string, error) {
	return b.sign(http.MethodPut, key, expires, url.Values{"callback-url": {callbackURL}, "callback": {callback}}), nil
}

// PresignDownload implements registry.Blobs.
func (b *Blobs) PresignDownload(_ context.Context, key, fileName string, expires time.Duration) (string, error) {
	return b.sign(http.MethodGet, key, expires, url.Values{"name": {fileName}}), nil
}

func (b *Blobs) sign(method, key string, expires time.Duration, q url.Values) string {
	q.Set("expires", strconv.FormatInt(time.Now().Add(expires).UnixMilli(), 10))
	q.Set("signature", b.signature(method, key, q))
	return b.base + (&url.URL{Path: key}).EscapedPath() + "?" + q.Encode()
}

// signature covers everything in q but itself.
func (b *Blobs) signature(method, key string, q url.Values) string {
	mac := hmac.New(sha256.New, b.secret)
	signed := url.Values{}
	for name, values := range q {
		if name != "signature" {
			signed[name] = values
		}
	}
	io.WriteString(mac, method+"\n"+key+"\n"+signed.Encode())
	return hex.EncodeToString(mac.Sum(nil))
}

// ServeHTTP answers signed URLs.
func (b *Blobs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key, q := strings.TrimPrefix(r.URL.Path, "/"), r.URL.Query()
	if !hmac.Equal([]byte(q.Get("signature")), []byte(b.signature(r.Method, key, q))) {
		http.Error(w, "the signature does not match", http.StatusForbidden)
		return
	}
	expires, err := strconv.ParseInt(q.Get("expires"), 10, 64)
	if err != nil || time.Now().UnixMilli() > expires {
		http.Error(w, "the URL has expired", http.StatusForbidden)
		return
	}
	if r.Method == http.MethodPut {
		b.upload(w, r, key)
		return
	}
	b.download(w, key, q.Get("name"))
}

func (b *Blobs) download(w http.ResponseWriter, key, name string) {
	object, err := b.get(key)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Write(object)
}

func (b *Blobs) upload(w http.ResponseWriter, r *http.Request, key string) {
	object, err := io.ReadAll(http.MaxBytesReader(w, r.Body, registry.MaxZIP+1))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.Put(key, object)
	q := r.URL.Query()
	if err := relay(r.Context(), w, q.Get("callback-url"), q.Get("callback")); err != nil {
		// As in OSS: the object stays, and the status is a success of a kind.
		http.Error(w, "CallbackFailed: "+err.Error(), http.StatusNonAuthoritativeInfo)
	}
}

// relay posts the callback and hands its answer to the uploader.
func relay(ctx context.Context, w http.ResponseWriter, callbackURL, callback string) error {
	ctx, cancel := context.WithTimeout(ctx, callbackTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, callbackURL, strings.NewReader(callback))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", callbackURL, response.Status)
	}
	w.Header().Set("Content-Type", response.Header.Get("Content-Type"))
	w.Write(body)
	return nil
}
