// Command catalog lists and searches packages.
package main

import "github.com/fc-registry/fc-registry/pkg/app"

func main() { app.Run(app.Catalog) }
