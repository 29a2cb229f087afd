// Command query-latest answers one release of a package.
package main

import "github.com/fc-registry/fc-registry/pkg/app"

func main() { app.Run(app.QueryLatest) }
