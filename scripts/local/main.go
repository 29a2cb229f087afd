// Command local runs the registry on an emulated cloud, on this machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	var o options
	flag.StringVar(&o.addr, "addr", "", "`HOST:PORT` of the registry (default "+preferred+", or "+fallback+" where that is not allowed)")
	flag.StringVar(&o.data, "data", ".local", "`folder` of the registry's data; \"\" keeps all in memory")
	flag.StringVar(&o.ready, "ready", "", "`file` to write when all answers: JSON that says how to reach it")
	flag.BoolVar(&o.empty, "empty", false, "deploy nothing: an account to deploy the registry into, with s deploy")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "Options:")
		flag.PrintDefaults()
		fmt.Fprintln(os.Stderr, "The environment variables UPSTREAMS, UPSTREAM_HOSTS and UPSTREAM_MODE count as in s.yaml; without the first, there are no upstreams.")
		fmt.Fprintln(os.Stderr, "With LOCAL_OSS_ALLOW_V1=1 in the environment, OSS takes its old V1 signatures, too.")
		fmt.Fprintln(os.Stderr, "With LOCAL_PATIENCE=20, all limits of time of the emulated cloud are 20 times longer: for slow machines.")
	}
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "local: there is no argument %q; these are all:\n", flag.Arg(0))
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go stopAfterGoRun(ctx, stop)
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "local:", err)
		os.Exit(1)
	}
}
