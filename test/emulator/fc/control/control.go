// Package control emulates the control plane of Function Compute 3.0 (API
// version 2023-03-30) as far as the vendor's SDK and the Serverless Devs
// component fc3 use it: functions, their triggers, versions and aliases, and
// the temporary bucket (API version 2016-08-15) that code is uploaded to. What
// is created here runs in an fc.Cloud at once.
//
// Reserved and provisioned instances, concurrency limits, asynchronous
// configurations, VPC bindings, layers, tags and custom domains are not there:
// asking for them finds none, and setting them is refused. Where a comment
// says so, a detail is the vendor's documentation or a guess.
//
// The cloud's faults and meter know the calls by the API's own names, such as
// CreateFunction, with the function that the path names, if it does.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
	"go.etcd.io/bbolt"

	"github.com/fc-registry/fc-registry/test/emulator/fc"
	"github.com/fc-registry/fc-registry/test/emulator/kv"
)

// Options say what a control plane works on. All but Dir are required.
type Options struct {
	Cloud *fc.Cloud // runs the functions; its account signs the calls
	// OSS is the address of the storage that code comes from. It must accept V1
	// signatures for `s` to upload there. See the emulator's oss.Options.AllowV1.
	OSS    string
	Bucket string // keeps uploads for a day, and the code of the functions; made if it is not there
	// Dir keeps the functions, and their code unpacked; "" keeps them as long as
	// the cloud lives. The packages are in Bucket.
	Dir string
}

// Service is an emulated control plane. It is an http.Handler.
type Service struct {
	cloud   *fc.Cloud
	storage *oss.Client
	bucket  *oss.Bucket
	db      *bbolt.DB
	codeDir string // parent of the folders with unpacked code
	mux     *http.ServeMux

	mu      sync.Mutex         // one change at a time: what is stored is what runs
	folders map[string]*folder // the code of the functions in service
}

// Open starts a control plane, and the functions that Options.Dir holds from
// an earlier run: at their old addresses, where those are free.
func Open(ctx context.Context, o Options) (*Service, error) {
	if o.Cloud == nil || o.OSS == "" || o.Bucket == "" {
		return nil, errors.New("open control plane: Cloud, OSS and Bucket must be set")
	}
	s := &Service{cloud: o.Cloud, folders: make(map[string]*folder)}
	s.route()
	if err := s.open(ctx, o); err != nil {
		return nil, fmt.Errorf("open control plane: %w", errors.Join(err, s.Close()))
	}
	return s, nil
}

func (s *Service) open(ctx context.Context, o Options) error {
	path := ""
	parent := s.cloud.TempDir()
	if o.Dir != "" {
		path, parent = filepath.Join(o.Dir, "functions.db"), o.Dir
	}
	var err error
	if s.codeDir, err = emptyDir(filepath.Join(parent, "unpacked")); err != nil {
		return err
	}
	if s.db, err = kv.Open(path); err != nil {
		return err
	}
	if err := s.openBucket(o); err != nil {
		return err
	}
	return s.restore(ctx)
}

// emptyDir makes a folder with nothing in it. Its path is absolute: functions
// run in folders of their own.
func emptyDir(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return path, errors.Join(os.RemoveAll(path), os.MkdirAll(path, 0o700))
}

// openBucket connects to the storage with the account's own key.
func (s *Service) openBucket(o Options) error {
	key := s.cloud.Account.Root()
	client, err := oss.New(o.OSS, key.AccessKeyID, key.AccessKeySecret,
		oss.AuthVersion(oss.AuthV4), oss.Region(s.cloud.Region), oss.ForcePathStyle(true))
	if err != nil {
		return err
	}
	s.storage = client
	if err := client.CreateBucket(o.Bucket); err != nil {
		return fmt.Errorf("bucket for code: %w", err)
	}
	uploads := oss.BuildLifecycleRuleByDays("uploads", s.uploads(), true, 1)
	if err := client.SetBucketLifecycle(o.Bucket, []oss.LifecycleRule{uploads}); err != nil {
		return fmt.Errorf("bucket for code: %w", err)
	}
	if err := s.allowUploads(o.Bucket); err != nil {
		return err
	}
	s.bucket, err = client.Bucket(o.Bucket)
	return err
}

// allowUploads makes the role whose credentials callers upload code with: they
// are good for nothing else.
func (s *Service) allowUploads(bucket string) error {
	policy, err := json.Marshal(map[string]any{"Version": "1", "Statement": []map[string]string{{
		"Effect": "Allow", "Action": "oss:PutObject",
		"Resource": "acs:oss:*:" + s.cloud.AccountID + ":" + bucket + "/" + s.uploads() + "*",
	}}})
	if err != nil {
		return err
	}
	return s.cloud.Account.Attach(s.uploader(), policy)
}

// uploader is the role that uploads code.
func (s *Service) uploader() string { return "acs:ram::" + s.cloud.AccountID + ":role/fc-code-upload" }

// uploads is what the names of uploaded packages begin with.
func (s *Service) uploads() string { return s.cloud.AccountID + "/" }

// Close ends the control plane; its functions run until their cloud is closed.
func (s *Service) Close() error {
	if s.db == nil {
		return nil
	}
	return s.db.Close()
}

func (s *Service) now() time.Time { return s.cloud.Clock().UTC() }
