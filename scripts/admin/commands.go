package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// command is one thing to do; its name is the words before its arguments.
type command struct {
	name string
	args string // names of the arguments, for the usage
	does string
	run  func(ctx context.Context, a *app.Admin, args []string, o *options) error
}

// options are the flags of all commands; each command reads its own.
type options struct {
	token, scope, expires string
	role                  string
	pkg, user, since, org string
	from, to              string
	fromDir, toDir        string
	json                  bool

	keepLast     int
	newerThan    string
	devOnly, yes bool
	dryRun       bool

	getenv func(string) string // of the registry, for commands that need none
}

func (o *options) flags() *flag.FlagSet {
	f := flag.NewFlagSet("admin", flag.ContinueOnError)
	f.Usage = usage
	f.StringVar(&o.token, "name", "", "the token's `name`")
	f.StringVar(&o.scope, "scope", "", "what the token may do: all, read, or publish:NAME[,NAME...]")
	f.StringVar(&o.expires, "expires", "", "how `long` the token is good for: 720h, or 90d; for ever when left out")
	f.StringVar(&o.role, "role", "member", "`member`, maintainer or owner")
	f.Func("package", "of this `package` only; export and copy take several: NAME[,NAME...]", func(names string) error {
		o.pkg = strings.TrimPrefix(o.pkg+","+names, ",")
		return nil
	})
	f.StringVar(&o.org, "org", "", "of this `organization`'s packages")
	f.StringVar(&o.user, "user", "", "events of this `user` only: what the user did, or what was done to the user")
	f.StringVar(&o.since, "since", "", "since this `time`: 2026-01-31, RFC 3339, or how long ago: 24h, 7d")
	f.StringVar(&o.from, "from", "", "`file` of the registry to copy from: written by scripts/local -ready, or environment variables, KEY=VALUE; of mirror, the URL of an upstream")
	f.StringVar(&o.to, "to", "", "`file` of the registry to copy to, in place of admin -ready")
	f.StringVar(&o.fromDir, "from-dir", "", "`folder` that mirror -to-dir has written")
	f.StringVar(&o.toDir, "to-dir", "", "`folder` to put releases into, in place of the registry, which is not needed then")
	f.BoolVar(&o.json, "json", false, "as JSON, one event or finding in a line")
	f.IntVar(&o.keepLast, "keep-last", 0, "the `number` of releases that stay of a package, those published last")
	f.StringVar(&o.newerThan, "newer-than", "", "releases published since this `time` stay: 90d, 2026-01-31")
	f.BoolVar(&o.devOnly, "dev-only", false, "delete development builds only")
	f.BoolVar(&o.dryRun, "dry-run", false, "change nothing, and say what would be changed")
	f.BoolVar(&o.yes, "yes", false, "do it; without it, only say what would be done")
	return f
}

// admin is how the audit names who runs these commands.
func admin() registry.Caller { return registry.Caller{User: "admin"} }

func commands() []command {
	return []command{
		{"bootstrap", "[-dry-run]", "make the tables, indexes and bucket, or mend them, and say what was changed", bootstrap},
		{"doctor", "[-json]", "examine a deployed registry, and say how to mend what is wrong", examine},
		{"policies", "", "print the RAM roles that the functions need, as JSON", policies},
		{"user add", "NAME", "add a user and print the token", userAdd},
		{"user token", "NAME [-name T -scope S -expires D]", "print a new token in place of the one of that name (default)", userToken},
		{"user tokens", "NAME", "list a user's tokens", userTokens},
		{"user revoke", "NAME TOKEN", "take away one token", userRevoke},
		{"user remove", "NAME", "take away all of a user's tokens; the packages stay", userRemove},
		{"org add", "ORG OWNER", "create an organization", orgAdd},
		{"org remove", "ORG", "remove an organization; its packages stay with their owners", orgRemove},
		{"org member add", "ORG USER [-role R]", "give a user a role: member (reads), maintainer (publishes), owner", memberAdd},
		{"org member remove", "ORG USER", "take a user out of an organization", memberRemove},
		{"package owner", "PACKAGE USER", "give a package to another user", packageOwner},
		{"package maintainer add", "PACKAGE USER", "let a user publish a package", maintainerAdd},
		{"package maintainer remove", "PACKAGE USER", "take that right away", maintainerRemove},
		{"package visibility", "PACKAGE V", "Public, Organization or Private", packageVisibility},
		{"webhook add", "URL [-package P] [-org O]", "tell URL what happens to a package, to those of an organization that are not Private, or to all; print its secret", webhookAdd},
		{"webhook list", "", "list all webhooks", webhookList},
		{"webhook remove", "ID", "take a webhook away", webhookRemove},
		{"webhook deliveries", "ID [-json]", "what a webhook was told in the last 30 days, at most 1,000 events", webhookDeliveries},
		{"webhook resend", "ID DELIVERY", "tell it once more", webhookResend},
		{"audit", "[-package P] [-user U] [-since T] [-json]", "who changed what, and when", audit},
		{"prune", "[-keep-last N] [-newer-than T] [-dev-only] [-package P] [-yes]", "delete old releases, but never the latest nor the newest development build", prune},
		{"export", "DIR|FILE.tar [-since T] [-package P]", "write packages, releases, organizations and audit there; users and tokens stay", exportTo},
		{"import", "DIR|FILE.tar", "bring in what export wrote; add its users by user add", importFrom},
		{"copy", "[-from A] [-to B] [-since T] [-package P]", "export from one registry and import into another, as it goes", copyFrom},
		{"reserve", "PATTERN", "never take names like this from an upstream: acme-*", reserve},
		{"unreserve", "PATTERN", "take a reservation back", unreserve},
		{"reserved", "", "list the reserved names", reserved},
		{"upstream forget", "PACKAGE", "let a name go to the first upstream that has it now", forget},
		{"upstream", "[-json]", "which names came from which upstream, how fresh that is, and which were published here too", upstream},
		{"mirror", "[NAME[@RANGE]...] [-from URL] [-to-dir DIR] [-from-dir DIR]", "take releases from upstreams ahead: the latest, or all in a range", mirror},
		{"verify", "", "read every ZIP again and report those that are not what was published, or would be refused today", verify},
	}
}

// run finds the command and runs it.
func run(ctx context.Context, readyFile string, args []string) error {
	var o options
	flags := o.flags()
	words, err := split(flags, args)
	if err != nil {
		return err
	}
	c, rest, err := find(words)
	if err != nil {
		return err
	}
	if err := c.takes(flags); err != nil {
		return err
	}
	getenv, err := environment(cmp.Or(o.to, readyFile))
	if err != nil {
		return err
	}
	o.getenv = getenv
	if o.toDir != "" {
		return c.run(ctx, nil, rest, &o)
	}
	a, err := app.NewAdmin(getenv)
	if err != nil && cmp.Or(o.to, readyFile) == "" {
		return fmt.Errorf("%w\nset the variables of the deployed registry, or name the file of a local one: admin -ready FILE, as scripts/local -ready FILE wrote it", err)
	}
	if err != nil {
		return err
	}
	return c.run(ctx, a, rest, &o)
}

// split takes the flags out of the words, wherever they stand.
func split(f *flag.FlagSet, args []string) (words []string, err error) {
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			return nil, err
		}
		args = f.Args()
		if len(args) > 0 {
			words, args = append(words, args[0]), args[1:]
		}
	}
	return words, nil
}

func find(words []string) (command, []string, error) {
	for _, c := range commands() {
		n := len(strings.Fields(c.name))
		if len(words) < n || strings.Join(words[:n], " ") != c.name {
			continue
		}
		if more := len(words) - n - c.arity(); more < 0 || more > 0 && !strings.Contains(c.args, "...") {
			return command{}, nil, fmt.Errorf("usage: admin %s %s", c.name, c.args)
		}
		return c, words[n:], nil
	}
	return command{}, nil, fmt.Errorf("there is no command %q; run admin -help", strings.Join(words, " "))
}

// takes refuses flags of other commands: who gives one expects it to count.
func (c command) takes(flags *flag.FlagSet) error {
	own := strings.FieldsFunc(c.args, func(r rune) bool { return strings.ContainsRune("[] ", r) })
	var err error
	flags.Visit(func(f *flag.Flag) {
		if !slices.Contains(own, "-"+f.Name) {
			err = fmt.Errorf("%s takes no -%s; usage: admin %s %s", c.name, f.Name, c.name, c.args)
		}
	})
	return err
}

// arity counts the arguments that are not flags.
func (c command) arity() int {
	required, _, _ := strings.Cut(c.args, "[")
	return len(strings.Fields(required))
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: admin [-ready FILE] COMMAND\nFILE is written by scripts/local -ready, or has environment variables, KEY=VALUE in each line.")
	for _, c := range commands() {
		fmt.Fprintf(os.Stderr, "  %-60s %s\n", c.name+" "+c.args, c.does)
	}
}
