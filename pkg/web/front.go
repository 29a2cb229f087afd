package web

import "github.com/fc-registry/fc-registry/pkg/registry"

// frontPackages is how many packages the front page names in each list.
const frontPackages = 6

// front answers GET /: what everybody may see, so nobody is looked up.
func (p *Pages) front(v *visit) (answer, error) {
	found, err := p.Browsing.Find(v.Context(), registry.Anonymous,
		registry.Search{Sort: registry.ByTime, Limit: frontPackages},
		registry.Search{Sort: registry.ByDownloads, Limit: frontPackages})
	if err != nil {
		return answer{}, err
	}
	return answer{
		page: "front",
		head: head{Path: "/", Message: "front.title"},
		data: struct {
			Newest, MostUsed []card
			Total            int64
		}{cards(v, found[0].Packages), cards(v, found[1].Packages), int64(found[0].Total)},
	}, nil
}

// card is a package in a list.
type card struct {
	registry.Package
	Release     *registry.Release // the latest
	Description string
}

func cards(v *visit, heads []registry.Head) []card {
	list := make([]card, len(heads))
	for i, h := range heads {
		m := h.Latest.Manifest
		list[i] = card{h.Package, h.Latest, shorten(v.language.choose(m.Description, m.English), maxDescription)}
	}
	return list
}

// maxDescription is how much of a description stands in a list, in bytes.
const maxDescription = 300
