package control

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/fc"
)

// settings are the parts of a configuration that have an effect here; a
// function's log, network, disks and GPU are kept and told, no more.
type settings struct {
	Runtime              string            `json:"runtime"`
	Handler              string            `json:"handler"`
	MemorySize           int               `json:"memorySize"` // MB
	CPU                  float64           `json:"cpu"`
	DiskSize             int               `json:"diskSize"` // MB
	Timeout              int               `json:"timeout"`  // seconds
	InstanceConcurrency  int               `json:"instanceConcurrency"`
	EnvironmentVariables map[string]string `json:"environmentVariables"`
	Role                 string            `json:"role"` // ARN
	CustomRuntimeConfig  struct {
		Command []string `json:"command"`
		Args    []string `json:"args"`
	} `json:"customRuntimeConfig"`
	InstanceLifecycleConfig struct {
		Initializer *hook `json:"initializer"`
		PreStop     *hook `json:"preStop"`
	} `json:"instanceLifecycleConfig"`
	Layers []string `json:"layers"`
}

type hook struct {
	Handler string   `json:"handler"`
	Command []string `json:"command"`
	Timeout int      `json:"timeout"` // seconds
}

// configNames are what the vendor's SDK can send (models CreateFunctionInput,
// UpdateFunctionInput), but for code and functionName. It is a constant table.
var configNames = []string{
	"cpu", "customContainerConfig", "customDNS", "customRuntimeConfig", "description", "disableInjectCredentials",
	"disableOndemand", "diskSize", "enableLongLiving", "environmentVariables", "gpuConfig", "handler", "idleTimeout",
	"instanceConcurrency", "instanceIsolationMode", "instanceLifecycleConfig", "internetAccess", "juiceFsConfig",
	"layers", "logConfig", "memorySize", "nasConfig", "ossMountConfig", "polarFsConfig", "resourceGroupId", "role",
	"runtime", "sessionAffinity", "sessionAffinityConfig", "tags", "timeout", "tracingConfig", "vpcConfig",
}

// complete adds the defaults of a new function. The vendor documents few of
// them: that of cpu, 1 for each GB of memory, is a guess.
func (c config) complete() {
	for name, value := range map[string]string{
		"memorySize": "512", "diskSize": "512", "timeout": "3", "instanceConcurrency": "1", "internetAccess": "true",
	} {
		if c[name] == nil {
			c[name] = []byte(value)
		}
	}
	if c["cpu"] == nil {
		var memory float64
		json.Unmarshal(c["memorySize"], &memory) //nolint:errcheck // settings says what is wrong with it
		c["cpu"] = strconv.AppendFloat(nil, max(0.05, math.Floor(memory/1024*20)/20), 'f', -1, 64)
	}
}

// with returns the configuration with other values for what input has.
func (c config) with(input config) (config, error) {
	merged := config{}
	for name, value := range c {
		merged[name] = value
	}
	for name, value := range input {
		if !slices.Contains(configNames, name) {
			return nil, invalid("a function has no property '%s'", name)
		}
		if !bytes.Equal(value, []byte("null")) {
			merged[name] = value
		}
	}
	return merged, nil
}

// settings reads a configuration and checks it.
func (c config) settings() (*settings, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	s := new(settings)
	if err := json.Unmarshal(text, s); err != nil {
		return nil, invalid("the function's configuration: %v", err)
	}
	return s, s.check()
}

func (s *settings) check() error {
	switch {
	case s.Runtime == "":
		return invalid("Runtime is required but not provided")
	case !slices.Contains([]string{"go1", "custom", "custom.debian10", "custom.debian11", "custom.debian12"}, s.Runtime):
		return invalid("runtime '%s' can't run here, only go1 and custom runtimes", s.Runtime)
	case s.Handler == "": // for custom runtimes too
		return invalid("Handler is required but not provided")
	case s.Timeout < 1 || s.Timeout > 86400:
		return invalid("timeout must be from 1 to 86400 seconds, not %d", s.Timeout)
	case s.MemorySize < 128 || s.MemorySize > 32768 || s.MemorySize%64 != 0:
		return invalid("memorySize must be a multiple of 64 from 128 to 32768 MB, not %d", s.MemorySize)
	case s.CPU < 0.05 || s.CPU > 16:
		return invalid("cpu must be from 0.05 to 16, not %v", s.CPU)
	case float64(s.MemorySize)/1024 < s.CPU-0.025 || float64(s.MemorySize)/1024 > 4*s.CPU+0.001:
		return invalid("memorySize in GB must be 1 to 4 times cpu, not %d MB with %v", s.MemorySize, s.CPU)
	case s.DiskSize != 512 && s.DiskSize != 10240:
		return invalid("diskSize must be 512 or 10240 MB, not %d", s.DiskSize)
	case s.InstanceConcurrency < 1 || s.InstanceConcurrency > 200:
		return invalid("instanceConcurrency must be from 1 to 200, not %d", s.InstanceConcurrency)
	case s.Runtime == "go1" && s.InstanceConcurrency != 1:
		return invalid("instanceConcurrency is %d, but go1 serves one request at a time", s.InstanceConcurrency)
	case len(s.Layers) > 0:
		return invalid("layers can't be used here")
	}
	return s.checkEnvironment()
}

// checkEnvironment holds the variables against the 4 KB in all that the vendor
// documents.
func (s *settings) checkEnvironment() error {
	size := 0
	for name, value := range s.EnvironmentVariables {
		size += len(name) + len(value)
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.Contains(value, "\x00") {
			return invalid("environmentVariables can't have '%s'", name)
		}
	}
	if size > 4096 {
		return invalid("environmentVariables have %d bytes, more than 4096", size)
	}
	return nil
}

// function is what the cloud runs of it, from a folder with its code.
func (s *settings) function(name, codeDir string) *fc.Function {
	f := &fc.Function{
		Name: name, Runtime: s.Runtime, Handler: s.Handler, CodeDir: codeDir, Env: s.EnvironmentVariables, Role: s.Role,
		Timeout: time.Duration(s.Timeout) * time.Second, MemorySize: s.MemorySize, Concurrency: s.InstanceConcurrency,
		Command:     s.CustomRuntimeConfig.Command,
		Initializer: s.InstanceLifecycleConfig.Initializer.in(), PreStop: s.InstanceLifecycleConfig.PreStop.in(),
	}
	if len(f.Command) == 0 {
		f.Command = []string{"./bootstrap"}
	}
	f.Command = append(slices.Clip(f.Command), s.CustomRuntimeConfig.Args...)
	return f
}

func (h *hook) in() *fc.Hook {
	if h == nil || h.Handler == "" && len(h.Command) == 0 {
		return nil
	}
	seconds := h.Timeout
	if seconds == 0 {
		seconds = 3
	}
	return &fc.Hook{Timeout: time.Duration(seconds) * time.Second}
}
