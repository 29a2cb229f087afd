// Package ready is the file by which a local registry tells other programs how
// to reach it.
package ready

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
)

// File is its content. It holds secrets of the local cloud only.
type File struct {
	Registry        string `json:"registry"` // URL without path
	V3              string `json:"v3"`       // what "s set registry" takes
	Token           string `json:"token"`    // of user dev
	Metrics         string `json:"metrics"`  // URL; "" when nothing is counted
	Tablestore      string `json:"tablestore"`
	OSS             string `json:"oss"`
	Control         string `json:"control,omitempty"` // of Function Compute, where nothing is deployed yet
	Instance        string `json:"instance"`
	Bucket          string `json:"bucket"`
	Region          string `json:"region"`
	Account         string `json:"account"` // number
	AccessKeyID     string `json:"access_key_id"`
	AccessKeySecret string `json:"access_key_secret"`
	MasterKey       string `json:"master_key"`
	Upstreams       string `json:"upstreams,omitempty"` // UPSTREAMS, and so on; "" for none
	UpstreamHosts   string `json:"upstream_hosts,omitempty"`
	UpstreamMode    string `json:"upstream_mode,omitempty"`
}

// Write writes the file, readable by its owner only. It appears at once, whole.
func (f File) Write(path string) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".tmp", append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}

// Read reads the file.
func Read(path string) (File, error) {
	var f File
	text, err := os.ReadFile(path)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return f, fmt.Errorf("%s is not the -ready file of a local registry: %w", path, err)
	}
	return f, nil
}

// Getenv returns the environment that the deployed functions, and an
// administrator, would have.
func (f File) Getenv(name string) string {
	return map[string]string{
		"REGISTRY_URL":                    f.Registry,
		"MASTER_KEY":                      f.MasterKey,
		"TABLESTORE_ENDPOINT":             f.Tablestore,
		"TABLESTORE_INSTANCE":             f.Instance,
		"OSS_ENDPOINT":                    f.OSS,
		"OSS_PUBLIC_ENDPOINT":             f.OSS,
		"OSS_REGION":                      f.Region,
		"OSS_BUCKET":                      f.Bucket,
		"ACCOUNT_ID":                      f.Account,
		"ALIBABA_CLOUD_ACCESS_KEY_ID":     f.AccessKeyID,
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET": f.AccessKeySecret,
		"UPSTREAMS":                       cmp.Or(f.Upstreams, "off"), // and not what s.yaml says by itself
		"UPSTREAM_HOSTS":                  f.UpstreamHosts,
		"UPSTREAM_MODE":                   f.UpstreamMode,
	}[name]
}
