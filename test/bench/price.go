package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Prices in yuan, of the public lists for mainland China as of November 2026,
// before discounts and free quotas: Function Compute, first step; Tablestore, a
// high-performance instance by use. Of a write unit no list was at hand: it is
// taken at twice a read unit.
const (
	computeUnit = 0.00011
	readUnit    = 0.01 / 10_000
	writeUnit   = 2 * readUnit
	ossRequest  = 0.01 / 10_000
)

// Compute units that an invocation takes: by itself, for each second and vCPU,
// and for each second and GB of memory.
const (
	perInvocation = 75.0 / 10_000
	perVCPU       = 1.0
	perGB         = 0.15
)

// How long an invocation is taken to last, its storage calls included: what is
// measured here says nothing of it, as the emulated storage is too near. By
// itself, an invocation costs as much as 60 ms of the smallest function.
const (
	lasting       = 20 * time.Millisecond
	ingestLasting = 300 * time.Millisecond
)

// size is what a function has, as s.yaml says.
type size struct {
	Name   string  `yaml:"functionName"`
	CPU    float64 `yaml:"cpu"`
	Memory float64 `yaml:"memorySize"` // MB
}

// readSizes reads the sizes of s.yaml, by function.
func readSizes(root string) (map[string]size, error) {
	text, err := os.ReadFile(filepath.Join(root, "s.yaml"))
	if err != nil {
		return nil, err
	}
	var spec struct {
		Resources map[string]struct{ Props size }
	}
	if err := yaml.Unmarshal(text, &spec); err != nil {
		return nil, fmt.Errorf("s.yaml: %w", err)
	}
	sizes := make(map[string]size)
	for _, r := range spec.Resources {
		sizes[r.Props.Name] = r.Props
	}
	return sizes, nil
}

// compute returns the compute units of one invocation, of so many that share an
// instance all the time.
func (s size) compute(together float64) float64 {
	seconds := lasting.Seconds()
	if strings.HasSuffix(s.Name, "-ingest") {
		seconds = ingestLasting.Seconds()
	}
	return perInvocation + seconds*(s.CPU*perVCPU+s.Memory/1024*perGB)/together
}

// yuan is what the operation costs, without what is stored and sent, when so
// many are at work at once in each instance.
func (c cost) yuan(sizes map[string]size, together float64) float64 {
	sum := float64(c.ReadUnits)*readUnit + float64(c.WriteUnits)*writeUnit + float64(c.OSSCalls)*ossRequest
	for _, one := range c.Calls {
		if one.Service == "fc" {
			sum += float64(one.Calls) * sizes[one.Resource].compute(together) * computeUnit
		}
	}
	return sum
}
