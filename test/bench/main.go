// Command bench measures the registry on the local cloud: throughput, latency,
// cold starts, memory, and what operations cost. It prints one table; an aim
// that is missed fails nothing.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	if ok, err := role(os.Args); ok {
		exit(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := runFlags(ctx)
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// runFlags does what the command line says.
func runFlags(ctx context.Context) error {
	o := options{root: "."}
	runtimes := flag.String("runtimes", go1+","+custom, "`runtimes` to measure; growth is measured in the first")
	flag.IntVar(&o.rounds, "rounds", 3, "`rounds` of each comparison")
	flag.DurationVar(&o.duration, "duration", 2*time.Second, "how long each side of a round is asked")
	flag.IntVar(&o.publishes, "publishes", 30, "`releases` published in each side of a round")
	flag.IntVar(&o.starts, "starts", 9, "`starts` of each function")
	flag.IntVar(&o.versions, "versions", 10_000, "`versions` of the largest package")
	flag.IntVar(&o.packages, "packages", 100_000, "`packages` in the fullest registry")
	large := flag.Int("large", 199, "`MB` of the largest ZIP")
	jsonFile := flag.String("json", "", "`file` to write the table to, as JSON")
	profile := flag.String("cpuprofile", "", "`file` to write a CPU profile of the emulators to, taken while latest is measured")
	flag.Parse()
	o.large = *large << 20
	o.runtimes = strings.Split(*runtimes, ",")
	var samples bytes.Buffer
	if *profile != "" {
		o.profile = &samples
	}
	result, err := run(ctx, o, func(step string) { fmt.Fprintln(os.Stderr, time.Now().Format(time.TimeOnly), step) })
	if err != nil {
		return err
	}
	if err := result.write(os.Stdout); err != nil {
		return err
	}
	return save(result, *jsonFile, samples.Bytes(), *profile)
}

// save writes the files that were asked for.
func save(r *report, jsonFile string, samples []byte, profileFile string) error {
	if profileFile != "" {
		if err := os.WriteFile(profileFile, samples, 0o644); err != nil {
			return err
		}
	}
	if jsonFile == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(jsonFile, append(text, '\n'), 0o644)
}
