package sts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// policy is a RAM policy: what a role may do. Only Allow is known, without
// conditions; a policy with more is refused.
type policy struct {
	Version   string
	Statement []struct {
		Effect    string
		Action    words
		Resource  words
		Condition map[string]any
	}
}

// words are a list, or one text alone.
type words []string

// UnmarshalJSON reads either form.
func (w *words) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*w = words{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(w))
}

// Attach says what a role may do, as RAM's JSON. As soon as any role has a
// policy, one without may do nothing.
func (a *Account) Attach(role string, text []byte) error {
	var p policy
	if err := json.Unmarshal(text, &p); err != nil {
		return fmt.Errorf("policy of %s: %w", role, err)
	}
	if p.Version != "1" {
		return fmt.Errorf("policy of %s: Version %q is not 1", role, p.Version)
	}
	for _, s := range p.Statement {
		if s.Effect != "Allow" || len(s.Condition) > 0 || len(s.Action) == 0 || len(s.Resource) == 0 {
			return fmt.Errorf("policy of %s: a statement that is not emulated: %+v", role, s)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.policies == nil {
		a.policies = make(map[string]policy)
	}
	a.policies[role] = p
	return nil
}

// Allows tells whether who has this access key may do something, like
// "oss:GetObject", with a resource of that service, like "BUCKET/KEY". The
// account's own key may do all.
func (a *Account) Allows(id, action, resource string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if id == a.root.AccessKeyID || a.policies == nil {
		return true
	}
	for _, s := range a.policies[a.issued[id].role].Statement {
		allowed := slices.ContainsFunc(s.Action, func(p string) bool { return matches(p, action) })
		if allowed && slices.ContainsFunc(s.Resource, func(p string) bool { return within(p, action, resource) }) {
			return true
		}
	}
	return false
}

// within tells whether a resource of an action's service is one that
// acs:SERVICE:REGION:ACCOUNT:PATTERN means; there is one region and account here.
func within(pattern, action, resource string) bool {
	service, _, _ := strings.Cut(action, ":")
	parts := strings.SplitN(pattern, ":", 5)
	return len(parts) == 5 && parts[0] == "acs" && parts[1] == service && matches(parts[4], resource)
}

// matches knows "*", which stands for anything.
func matches(pattern, text string) bool {
	first, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == text
	}
	if !strings.HasPrefix(text, first) {
		return false
	}
	for i := len(first); i <= len(text); i++ {
		if matches(rest, text[i:]) {
			return true
		}
	}
	return false
}
