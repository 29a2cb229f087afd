package web

import (
	"html/template"
	"maps"
	"net/http"
	"slices"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// releasesPerPage is how many versions a page lists.
const releasesPerPage = 30

// packagePage is what the templates "package" and "version" show: a release,
// and the package's others.
type packagePage struct {
	registry.Package
	Release     registry.Release
	Description string
	// Latest is the package's latest version, where that is another one.
	Latest     string
	ZIP        string          // address
	Digest     registry.Digest // of what is there
	Original   registry.Digest // of what was uploaded, where that is something else
	Use        use
	Readme     template.HTML
	ReadmeIn   language
	Notes      template.HTML // of this release
	Parameters []manifest.Parameter
	Services   []service
	Commands   []commandGroup
	Releases   []release
	Paging     paging
	Chart      chart
	Total      int64 // downloads
	// Owned tells that it seems to be the visitor's: who may do what is checked
	// where it is done.
	Owned bool
}

type service struct {
	Name string
	registry.Service
}

// commandGroup is what is listed under one heading, "" for none.
type commandGroup struct {
	Name     string
	Commands []command
}

type command struct{ Name, Description string }

// release is one in the list of a package's versions.
type release struct {
	registry.Release
	Notes   notes
	Current bool
}

// latest answers GET /packages/{name}: three reads of the store, for a package
// that everybody may see.
func (p *Pages) latest(v *visit) (answer, error) {
	page, err := v.page(maxReleasePage)
	if err != nil {
		return answer{}, err
	}
	of, r, err := p.Queries.Latest(v.Context(), v.viewer, v.PathValue("name"), registry.Full)
	if err != nil {
		return answer{}, err
	}
	_, others, more, err := p.Queries.Page(v.Context(), v.viewer, of.Name, page, releasesPerPage)
	if err != nil {
		return answer{}, err
	}
	if len(others) == 0 {
		return answer{}, problem{http.StatusNotFound, "error.noPage", []any{page}}
	}
	downloads, err := p.Tally.Downloads(v.Context(), of.Name)
	if err != nil {
		return answer{}, err
	}
	show := p.show(v, of, r)
	show.Releases = p.releases(v, others, r)
	show.Paging = paging{Page: page}
	show.Paging.link(packagePath(of.Name), page > 1, more)
	show.Chart, show.Total = newChart(downloads.Days, p.Clock()), max(downloads.Total, of.Downloads)
	path := numbered(packagePath(of.Name), page)
	return answer{page: "package", data: show, head: head{Path: path, Title: of.Name, Description: show.Description, NoIndex: of.Upstream != ""}}, nil
}

// maxReleasePage bounds how deep the versions of a package are leafed through.
const maxReleasePage = 10_000

// version answers GET /packages/{name}/versions/{version}. A range or dev leads
// to the version that it names now.
func (p *Pages) version(v *visit) (answer, error) {
	name, asked := v.PathValue("name"), v.PathValue("version")
	of, r, err := p.Queries.Tag(v.Context(), v.viewer, name, asked, registry.Full)
	if err != nil {
		return answer{}, err
	}
	path := versionPath(of.Name, r.Version.String())
	if r.Version.String() != asked {
		return answer{status: http.StatusFound, redirect: path}, nil
	}
	_, latest, err := p.Queries.Latest(v.Context(), v.viewer, of.Name, registry.Summary)
	if err != nil {
		return answer{}, err
	}
	_, others, more, err := p.Queries.Page(v.Context(), v.viewer, of.Name, 1, releasesPerPage)
	if err != nil {
		return answer{}, err
	}
	show := p.show(v, of, r)
	show.Notes = p.markdown.HTML(v.language.choose(r.Texts.VersionBody, r.English.VersionBody), "notes-")
	show.Releases = plain(others, r)
	show.Paging.link(packagePath(of.Name), false, more)
	if latest.Version.String() != asked {
		show.Latest = latest.Version.String()
	}
	title := of.Name + " " + asked
	return answer{page: "version", data: show, head: head{Path: path, Title: title, Description: show.Description, NoIndex: show.Latest != "" || of.Upstream != ""}}, nil
}

// show fills in what a release tells of itself.
func (p *Pages) show(v *visit, of registry.Package, r registry.Release) packagePage {
	text := v.language.choose(r.Texts.Readme, r.English.Readme)
	show := packagePage{
		Package: of, Release: r,
		Description: v.language.choose(r.Manifest.Description, r.Manifest.English),
		ZIP:         p.Addresses.ZIP(of, r), Digest: p.Addresses.Digest(of, r),
		Readme: p.readme(text), ReadmeIn: written(text),
		Parameters: parameters(v.language, r),
		Total:      of.Downloads,
		Owned:      v.user != "" && v.user == of.Owner,
	}
	if r.ZIP.Original != show.Digest {
		show.Original = r.ZIP.Original
	}
	show.Use = p.use(of, r, show.Parameters, show.ZIP)
	for _, name := range slices.Sorted(maps.Keys(r.Manifest.Service)) {
		show.Services = append(show.Services, service{name, r.Manifest.Service[name]})
	}
	show.Commands = commandGroups(r.Manifest)
	return show
}

// commandGroups are a release's commands: those in no group first.
func commandGroups(m registry.Manifest) []commandGroup {
	var list []commandGroup
	all := slices.Concat([]registry.CommandGroup{{Commands: m.Commands}}, m.CommandGroups)
	for _, group := range all {
		shown := commandGroup{Name: group.Name}
		for _, name := range slices.Sorted(maps.Keys(group.Commands)) {
			shown.Commands = append(shown.Commands, command{name, group.Commands[name]})
		}
		if len(shown.Commands) > 0 {
			list = append(list, shown)
		}
	}
	return list
}

// parameters are those of the publish.yaml in the visitor's language. One whose
// parameters can't be read has none to show: publishing does not judge them.
func parameters(l language, r registry.Release) []manifest.Parameter {
	list, err := manifest.Parameters(l.choose(r.Texts.Publish, r.English.Publish))
	if err != nil || len(list) == 0 {
		list, err = manifest.Parameters(r.Texts.Publish)
	}
	if err != nil {
		return nil
	}
	return list
}

// releases lists versions with the beginning of their notes; those of the shown
// one in the visitor's language.
func (p *Pages) releases(v *visit, all []registry.Release, shown registry.Release) []release {
	list := plain(all, shown)
	for i := range list {
		r := &list[i]
		text := r.Texts.VersionBody
		if r.Current {
			text = v.language.choose(shown.Texts.VersionBody, shown.English.VersionBody)
		}
		r.Notes = p.beginning(text, "notes-"+r.Version.String()+"-")
	}
	return list
}

func plain(all []registry.Release, shown registry.Release) []release {
	list := make([]release, len(all))
	for i, r := range all {
		list[i] = release{Release: r, Current: r.Version.String() == shown.Version.String()}
	}
	return list
}
