// Command download redirects to a release's ZIP.
package main

import "github.com/fc-registry/fc-registry/pkg/app"

func main() { app.Run(app.Download) }
