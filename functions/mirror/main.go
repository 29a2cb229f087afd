// Command mirror takes ZIPs from upstreams.
package main

import "github.com/fc-registry/fc-registry/pkg/app"

func main() { app.Run(app.Mirror) }
