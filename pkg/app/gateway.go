package app

import (
	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/gateway"
	"github.com/fc-registry/fc-registry/pkg/route"
)

// Gateway forwards to the other functions.
func Gateway(getenv func(string) string) (fcrun.Service, error) {
	c, err := config.Read(getenv, config.Functions(route.Functions()))
	if err != nil {
		return fcrun.Service{}, err
	}
	handler, err := gateway.New(c.Functions, fail)
	return fcrun.Service{Role: new(credentials.Role), HTTP: handler}, err
}
