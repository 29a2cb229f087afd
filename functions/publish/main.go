// Command publish takes new releases, deletions and new tokens.
package main

import "github.com/fc-registry/fc-registry/pkg/app"

func main() { app.Run(app.Publish) }
