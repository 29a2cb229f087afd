// Command query-all answers the releases of a package.
package main

import "github.com/fc-registry/fc-registry/pkg/app"

func main() { app.Run(app.QueryAll) }
