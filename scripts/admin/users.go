package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/fc-registry/fc-registry/pkg/app"
	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

func printToken(token string, err error) error {
	if err == nil {
		fmt.Println(token)
	}
	return err
}

func userAdd(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	return printToken(a.Users.Add(ctx, admin(), args[0]))
}

// known refuses a user that there is none of: a right given to a misspelled name
// would be the next user's of that name.
func known(ctx context.Context, a *app.Admin, user string) error {
	_, err := a.Users.Tokens(ctx, user)
	return err
}

// userToken renews the default token, or makes one with a scope and an end.
func userToken(ctx context.Context, a *app.Admin, args []string, o *options) error {
	if o.token == "" && o.scope == "" && o.expires == "" {
		token, err := a.Users.Renew(ctx, admin(), args[0], identity.DefaultToken)
		if registry.CodeOf(err) == registry.NotFound { // it was revoked
			token, err = a.Users.Issue(ctx, admin(), args[0], identity.Grant{Name: identity.DefaultToken})
		}
		return printToken(token, err)
	}
	if o.token == "" {
		return fmt.Errorf("a token with a scope or an end needs a name of its own: -name ci")
	}
	g := identity.Grant{Name: o.token}
	var err error
	if g.Scope, err = registry.ParseScope(o.scope); err != nil {
		return err
	}
	if o.expires != "" {
		long, err := duration(o.expires)
		if err != nil {
			return err
		}
		g.Expires = time.Now().Add(long).UTC().Truncate(time.Second)
	}
	return printToken(a.Users.Issue(ctx, admin(), args[0], g))
}

// duration reads 36h as time.ParseDuration does, and 90d too.
func duration(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	long, err := time.ParseDuration(text)
	if err != nil || long <= 0 {
		return 0, fmt.Errorf("%q is not a length of time: write 36h or 90d", text)
	}
	return long, nil
}

func userTokens(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	tokens, err := a.Users.Tokens(ctx, args[0])
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tSCOPE\tEXPIRES\tLAST USED")
	for _, t := range tokens {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", t.Name, t.Scope, when(t.Expires), when(t.LastUsed))
	}
	return w.Flush()
}

func when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}

func userRevoke(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	return a.Users.Revoke(ctx, admin(), args[0], args[1])
}

func userRemove(ctx context.Context, a *app.Admin, args []string, _ *options) error {
	return a.Users.Remove(ctx, admin(), args[0])
}
