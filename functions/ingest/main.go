// Command ingest releases or rejects what was uploaded.
package main

import "github.com/fc-registry/fc-registry/pkg/app"

func main() { app.Run(app.Ingest) }
