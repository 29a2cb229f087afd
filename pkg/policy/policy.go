// Package policy says what each function may do in the account: the RAM roles
// of s.yaml, each with the least that its function needs.
package policy

import "slices"

// Place is where the registry is. Tables and functions have fixed names.
type Place struct {
	Account  string // number
	Instance string // of Tablestore
	Bucket   string
}

// Role is a RAM role.
type Role struct {
	Name   string   `json:"name"`
	Trust  Document `json:"trust"`  // who may take the role
	Policy Document `json:"policy"` // what the role may do
}

// Document is a policy in RAM's form, version 1.
type Document struct {
	Version   string
	Statement []Statement
}

// Statement allows actions.
type Statement struct {
	Effect    string
	Action    []string
	Resource  []string            `json:",omitempty"`
	Principal map[string][]string `json:",omitempty"`
}

// prefix begins the names of all roles, as those of the functions.
const prefix = "fc-registry-"

// Trigger is the role with which OSS invokes ingest.
const Trigger = prefix + "trigger"

// ARN returns how RAM names a role of an account.
func ARN(account, role string) string { return "acs:ram::" + account + ":role/" + role }

// Roles returns the roles of s.yaml.
func (p Place) Roles() []Role {
	read := []string{"GetRow", "BatchGetRow", "GetRange"}
	asks := []Statement{ // who asks, and whether that user may see a package
		p.tables("identities", "GetRow"), p.tables("organizations", "GetRow"),
	}
	finds := []Statement{p.tables("packages", append([]string{"Search"}, read...)...), p.tables("members", "GetRange"), p.tables("organizations", "BatchGetRow")}
	queries := append([]Statement{p.tables("packages", read...)}, asks...)
	owes := []Statement{p.tables("webhooks", "BatchGetRow"), p.tables("outbox", "UpdateRow")}
	elsewhere := slices.Concat([]Statement{ // what upstreams say is kept, and reported
		p.tables("upstream", "BatchGetRow", "GetRange", "PutRow"), p.tables("origins", "GetRow", "BatchGetRow", "PutRow"),
		p.tables("reserved", "BatchGetRow"), p.tables("pins", "GetRow", "GetRange"), p.tables("audit", "PutRow"),
	}, owes)
	asked := slices.Concat(queries, elsewhere)
	tells := p.tables("attempts", "GetRow", "GetRange") // publishers what became of an upload
	return []Role{
		p.function("query-latest", asked, tells, p.tables("fetches", "GetRow")),
		p.function("query-all", asked, tells),
		p.function("download", asked,
			p.tables("packages", "UpdateRow"), p.tables("downloads", "GetRange", "UpdateRow"), // what was counted
			p.tables("fetches", "GetRow"), p.objects("packages/*", "GetObject"), p.objects("upstream/*", "GetObject")),
		p.function("mirror", elsewhere, p.tables("packages", "GetRow", "BatchGetRow"),
			p.tables("pins", "PutRow"), p.tables("fetches", "GetRow", "PutRow"), p.objects("upstream/*", "PutObject", "DeleteObject")),
		p.function("simple", asked,
			p.tables("packages", "UpdateRow"), p.tables("downloads", "GetRange", "UpdateRow"), // what was counted
			p.tables("fetches", "GetRow"), p.objects("packages/*", "GetObject"), p.objects("upstream/*", "GetObject"),
			p.objects("simple/*", "GetObject", "PutObject", "DeleteObject"), p.bucket("ListObjects")),
		p.function("publish", append(queries, owes...),
			p.tables("packages", "PutRow", "UpdateRow"), p.tables("uploads", "GetRow", "PutRow", "UpdateRow"), p.tables("attempts", "GetRow", "PutRow"),
			p.tables("identities", "PutRow"), p.tables("nonces", "GetRow", "PutRow"),
			p.tables("organizations", "PutRow"), p.tables("members", "PutRow"), p.tables("audit", "PutRow"),
			p.objects("uploads/*", "PutObject"), p.objects("packages/*", "DeleteObject"), p.objects("simple/*", "DeleteObject"), p.bucket("ListObjects")),
		p.function("ingest",
			append([]Statement{p.tables("packages", append([]string{"PutRow", "UpdateRow"}, read...)...)}, owes...),
			p.tables("uploads", "GetRow", "PutRow", "UpdateRow"), p.tables("attempts", "GetRow", "PutRow"), p.tables("organizations", "GetRow"), p.tables("audit", "PutRow"),
			p.tables("origins", "BatchGetRow"),
			p.objects("uploads/*", "GetObject", "DeleteObject"), p.objects("packages/*", "PutObject", "DeleteObject"), p.objects("simple/*", "DeleteObject")),
		p.function("catalog", slices.Concat(asks, finds), p.tables("origins", "BatchGetRow"), p.tables("reserved", "GetRow")),
		p.function("web", slices.Concat(asks, finds, elsewhere), p.tables("attempts", "GetRange"),
			p.tables("downloads", "GetRange"), p.tables("identities", "PutRow"), p.tables("webhooks", "PutRow"), p.tables("deliveries", "GetRow", "GetRange")),
		p.function("deliver",
			[]Statement{p.tables("outbox", "GetRange", "PutRow", "DeleteRow"), p.tables("webhooks", "BatchGetRow")},
			p.tables("deliveries", "GetRow", "PutRow"), p.tables("audit", "GetRow", "PutRow"), p.tables("packages", "GetRow")),
		{Trigger, trusts("oss.aliyuncs.com"), document(Statement{
			Effect: "Allow", Action: []string{"fc:InvokeFunction"},
			Resource: []string{"acs:fc:*:" + p.Account + ":functions/" + prefix + "ingest*"},
		})},
	}
}

func (p Place) function(name string, first []Statement, more ...Statement) Role {
	return Role{prefix + name, trusts("fc.aliyuncs.com"), document(append(first[:len(first):len(first)], more...)...)}
}

func document(statements ...Statement) Document { return Document{"1", statements} }

// trusts lets a service take a role.
func trusts(service string) Document {
	return document(Statement{Effect: "Allow", Action: []string{"sts:AssumeRole"}, Principal: map[string][]string{"Service": {service}}})
}

func (p Place) tables(table string, operations ...string) Statement {
	return allow("ots:", operations, "acs:ots:*:"+p.Account+":instance/"+p.Instance+"/table/"+table)
}

func (p Place) objects(keys string, operations ...string) Statement {
	return allow("oss:", operations, "acs:oss:*:"+p.Account+":"+p.Bucket+"/"+keys)
}

func (p Place) bucket(operations ...string) Statement {
	return allow("oss:", operations, "acs:oss:*:"+p.Account+":"+p.Bucket)
}

func allow(service string, operations []string, resource string) Statement {
	s := Statement{Effect: "Allow", Resource: []string{resource}}
	for _, o := range operations {
		s.Action = append(s.Action, service+o)
	}
	return s
}
