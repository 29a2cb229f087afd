package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/fc-registry/fc-registry/test/local/ready"
)

// environment returns the variables of a registry: those of a file written by
// scripts/local -ready, or of lines KEY=VALUE; without a file, this process's.
func environment(file string) (func(string) string, error) {
	if file == "" {
		return os.Getenv, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(strings.TrimSpace(string(text)), "{") {
		local, err := ready.Read(file)
		return local.Getenv, err
	}
	values := make(map[string]string)
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimPrefix(strings.TrimSpace(line), "export ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, fmt.Errorf("%s, line %d: write KEY=VALUE, one environment variable in a line, or name the -ready file of a local registry", file, n)
		}
		values[strings.TrimSpace(name)] = unquoted(strings.TrimSpace(value))
	}
	return func(name string) string { return values[name] }, nil
}

// unquoted takes away a pair of quotes, as a shell would.
func unquoted(value string) string {
	for _, quote := range []string{`"`, `'`} {
		if inner, ok := strings.CutPrefix(value, quote); ok && len(value) > 1 && strings.HasSuffix(inner, quote) {
			return strings.TrimSuffix(inner, quote)
		}
	}
	return value
}
