package local

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// keys are the account's secrets. They stay the same as long as the data folder
// does.
type keys struct {
	AccessKeyID     string `json:"access_key_id"`
	AccessKeySecret string `json:"access_key_secret"`
	MasterKey       string `json:"master_key"`
}

func newKeys() keys {
	master := make([]byte, 32)
	rand.Read(master) // never fails
	return keys{
		AccessKeyID:     "LTAI" + rand.Text()[:20],
		AccessKeySecret: rand.Text() + rand.Text(),
		MasterKey:       base64.StdEncoding.EncodeToString(master),
	}
}

// readKeys reads the data folder's keys, and makes them at the first start.
func readKeys(data string) (keys, error) {
	if data == "" {
		return newKeys(), nil
	}
	path := filepath.Join(data, "keys.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		k := newKeys()
		return k, writeKeys(path, k)
	}
	if err != nil {
		return keys{}, err
	}
	var k keys
	if err := json.Unmarshal(text, &k); err != nil {
		return keys{}, fmt.Errorf("%s is damaged; without it the data beside it can't be used: %w", path, err)
	}
	return k, nil
}

func writeKeys(path string, k keys) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".tmp", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}
