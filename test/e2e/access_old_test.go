package e2e

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// oldProbes are all ways to ask in the dialect of Serverless Devs 2, by route.
func oldProbes() map[string][]probe {
	probes := make(map[string][]probe)
	for _, base := range []string{"/simple/{name}", "/simple/{provider}/{name}"} {
		path := strings.Replace(base, "{provider}", "devsapp", 1)
		probes["GET "+base+"/releases"] = append(one(path+"/releases"),
			probe{"GET", path + "/releases", 200, `"tag_name":"dev"`, false},
			probe{"GET", path + "/releases", 200, `"tag_name":"dev.0.1"`, false},
			probe{"GET", path + "/releases", 200, `"tag_name":"1.0.0"`, false})
		probes["GET "+base+"/releases/latest"] = one(path + "/releases/latest")
		probes["GET "+base+"/zipball/{version}"] = oldZipballs(path + "/zipball/")
	}
	return probes
}

func oldZipballs(path string) []probe {
	const found = "Location: http"
	list := []probe{
		{"HEAD", path + "1.0.0", 200, "Content-Type: application/zip", false},
		{"HEAD", path + "9.9.9", 404, "", false},
		{"PUT", path + "1.0.0", 405, "Method PUT is not allowed here", false},
		{"GET", path + "9.9.9", 404, "has no release", false},
		{"GET", path + "dev", 302, found, false},
		{"GET", path + "latest", 302, found, false},
		{"GET", path + "%5E1?ticket={ticket}", 302, found, false}, // not the release that it is for
		{"GET", path + "1.0.0?ticket={ticket}", 302, found, true},
		{"HEAD", strings.Replace(path, "{name}", "{NAME}", 1) + "1.0.0?ticket={ticket}", 200, "Content-Type: application/zip", true},
		{"GET", path + "1.0.0", 302, found, false}, // when it has been made for others
	}
	for _, ticket := range []string{"{expired ticket}", "{ticket of 1.1.0}", "{ticket of another}", "{altered ticket}", "{extended ticket}", "1.x", "."} {
		list = append(list, probe{"GET", path + "1.0.0?ticket=" + ticket, 302, found, false})
	}
	return list
}

// byOldClients are the routes of that dialect and who may do what on each.
func (s *accessSite) byOldClients() map[string]check {
	checks := map[string]check{
		"POST /package/publish":        s.checkOldPublish,
		"POST /package/delete":         s.checkOldDelete,
		"POST /center/package/publish": s.checkOldList,
	}
	for r, list := range oldProbes() {
		checks[r] = s.checkReads(list)
	}
	return checks
}

// safetyCode is the token that a caller sends in a form.
func (c caller) safetyCode() string {
	if c.token == nil {
		return ""
	}
	return *c.token
}

// refusedOld requires an error in the form that the component registry prints.
func refusedOld(t *testing.T, got answer, code, words string) {
	t.Helper()
	refusal := decode[oldAnswer[struct{ Error, Message string }]](t, got).Response
	if refusal.Error != code || !strings.Contains(refusal.Message, words) {
		t.Errorf("%s, want %s: %s", got.body, code, words)
	}
}

func (s *accessSite) checkOldPublish(t *testing.T, c caller, visibility string) int {
	name := packageOf(visibility)
	fields := form(effective(component(name, "4.0.0"), visibility, acme))
	fields.Set("safety_code", c.safetyCode())
	got := s.postOld(t, "/package/publish", fields)
	switch {
	case !c.known:
		refusedOld(t, got, "Unauthorized", "s cli registry login")
	case strings.Contains(c.publishes, visibility):
		if announced := decode[oldAnswer[struct{ URL string }]](t, got); announced.Response.URL == "" {
			t.Errorf("%s", got.body)
		}
	case !strings.Contains(c.sees, visibility):
		refusedOld(t, got, "Forbidden", `Package name "`+name+`" is taken, and you, `)
	default:
		refusedOld(t, got, "Forbidden", "")
	}
	return 1
}

func (s *accessSite) checkOldDelete(t *testing.T, c caller, visibility string) int {
	name := packageOf(visibility)
	remove := func(name, version string) answer {
		return s.postOld(t, "/package/delete", url.Values{
			"safety_code": {c.safetyCode()}, "package_name": {name}, "package_type": {"Component"}, "package_version": {version},
		})
	}
	none := remove(packageOf(missing), "1.0.0")
	switch {
	case !c.known:
		refusedOld(t, remove(name, "1.0.0"), "Unauthorized", "s cli registry login")
		refusedOld(t, none, "Unauthorized", "s cli registry login")
	case !strings.Contains(c.sees, visibility):
		got := remove(name, "1.0.0")
		if a, b := got.text(name), none.text(packageOf(missing)); a != b {
			t.Errorf("deletion tells whether there is a package.\nHidden:\n%s\nMissing:\n%s", a, b)
		}
		refusedOld(t, got, "NotFound", "has no release")
	case strings.Contains(c.deletes, visibility):
		s.spare++
		version := "0.0." + strconv.Itoa(s.spare)
		s.publishAs(t, *s.tokens["owner"], effective(component(name, version), visibility, acme))
		decode[oldAnswer[map[string]string]](t, remove("devsapp/"+name, version))
		if got := s.send(t, "GET", "/simple/"+name+"/zipball/"+version, nil, c.header()); got.status != http.StatusNotFound {
			t.Errorf("after the deletion: %d %s", got.status, got.body)
		}
	default:
		refusedOld(t, remove(name, "1.0.0"), "Forbidden", "")
	}
	return 2
}

func (s *accessSite) checkOldList(t *testing.T, c caller, visibility string) int {
	got := s.postOld(t, "/center/package/publish", url.Values{"safety_code": {c.safetyCode()}})
	if !c.known {
		refusedOld(t, got, "Unauthorized", "s cli registry login")
	}
	wantFound(t, "/center/package/publish", got, packageOf(visibility), c.known && owns(c, visibility))
	return 1
}

// checkReads asks all ways.
func (s *accessSite) checkReads(list []probe) check {
	return func(t *testing.T, c caller, visibility string) int {
		for _, p := range list {
			s.checkRead(t, c, visibility, p)
		}
		return len(list)
	}
}
