// Command simple redirects old clients to a release's ZIP with one top directory.
package main

import "github.com/fc-registry/fc-registry/pkg/app"

func main() { app.Run(app.Simple) }
