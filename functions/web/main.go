// Command web shows the registry to people, as web pages.
package main

import "github.com/fc-registry/fc-registry/pkg/app"

func main() { app.Run(app.Web) }
