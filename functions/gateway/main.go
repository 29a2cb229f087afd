// Command gateway is the registry's one public address.
package main

import "github.com/fc-registry/fc-registry/pkg/app"

func main() { app.Run(app.Gateway) }
