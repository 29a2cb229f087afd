// Command deliver tells webhooks what has happened.
package main

import "github.com/fc-registry/fc-registry/pkg/app"

func main() { app.Run(app.Deliver) }
