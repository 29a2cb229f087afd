// Command parent runs the emulator with one function until it is killed; it
// prints the function's process id.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/fc"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	select {}
}

func run(path, code string) error {
	spec, err := fc.ReadSpec(path)
	if err != nil {
		return err
	}
	cloud, err := fc.Start(context.Background(), spec, fc.Options{Account: sts.NewAccount("id", "secret", time.Now), CodeDir: code})
	if err != nil {
		return err
	}
	response, err := http.Get(cloud.URL("f") + "/echo")
	if err != nil {
		return err
	}
	response.Body.Close()
	fmt.Println(cloud.Instances()[0].PID)
	return nil
}
