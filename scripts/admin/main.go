// Command admin administers a registry: its tables and bucket, and its users.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	ready := flag.String("ready", "", "`file` written by scripts/local -ready, or of environment variables, KEY=VALUE; without it this process's are used")
	flag.Usage = usage
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *ready, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "admin:", err)
		os.Exit(1)
	}
}
