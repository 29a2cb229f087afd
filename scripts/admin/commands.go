package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/test/local/ready"
)

// command is one thing to do; its name is the words before its arguments.
type command struct {
	name string
	args string // names of the arguments, for the usage
	does string
	run  func(ctx context.Context, a *app.Admin, args []string) error
}

func commands() []command {
	return []command{
		{"bootstrap", "", "make the tables and the bucket that are missing", bootstrap},
		{"user add", "NAME", "add a user and print the token", func(ctx context.Context, a *app.Admin, args []string) error {
			return printToken(a.Users.Add(ctx, args[0]))
		}},
		{"user token", "NAME", "print a new token; the old one is dead", func(ctx context.Context, a *app.Admin, args []string) error {
			return printToken(a.Users.Renew(ctx, args[0]))
		}},
		{"user remove", "NAME", "take away a user's token; the packages stay", func(ctx context.Context, a *app.Admin, args []string) error {
			return a.Users.Remove(ctx, args[0])
		}},
	}
}

func printToken(token string, err error) error {
	if err == nil {
		fmt.Println(token)
	}
	return err
}

func bootstrap(ctx context.Context, a *app.Admin, _ []string) error {
	made, err := a.Bootstrap(ctx)
	for _, line := range made {
		fmt.Println(line)
	}
	if err == nil && len(made) == 0 {
		fmt.Println("nothing to do: all tables and the bucket are there")
	}
	return err
}

// run finds the command and runs it.
func run(ctx context.Context, readyFile string, args []string) error {
	c, rest, err := find(args)
	if err != nil {
		return err
	}
	getenv := os.Getenv
	if readyFile != "" {
		file, err := ready.Read(readyFile)
		if err != nil {
			return err
		}
		getenv = file.Getenv
	}
	admin, err := app.NewAdmin(getenv)
	if err != nil {
		return err
	}
	return c.run(ctx, admin, rest)
}

func find(args []string) (command, []string, error) {
	line := strings.Join(args, " ")
	for _, c := range commands() {
		words := len(strings.Fields(c.name))
		if len(args) < words || strings.Join(args[:words], " ") != c.name {
			continue
		}
		if len(args)-words != len(strings.Fields(c.args)) {
			return command{}, nil, fmt.Errorf("usage: admin %s %s", c.name, c.args)
		}
		return c, args[words:], nil
	}
	return command{}, nil, fmt.Errorf("there is no command %q; run admin -help", line)
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: admin [-ready FILE] COMMAND")
	for _, c := range commands() {
		fmt.Fprintf(os.Stderr, "  %-22s %s\n", c.name+" "+c.args, c.does)
	}
}
