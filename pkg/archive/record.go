package archive

import (
	"path"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// journal is the part of a record by which its changes are counted.
type journal struct {
	Revision int64           `json:"revision"`
	Event    *registry.Event `json:"event,omitempty"`
	Recent   []string        `json:"recent,omitempty"`
}

func (j journal) record() registry.Journal {
	return registry.Journal{Revision: j.Revision, Event: j.Event, Recent: j.Recent}
}

func journalOf(j registry.Journal) journal {
	return journal{Revision: j.Revision, Event: j.Event, Recent: j.Recent}
}

// packageRecord is the first line of a package's file.
type packageRecord struct {
	Name         string                 `json:"name"`
	Owner        string                 `json:"owner"`
	Maintainers  []string               `json:"maintainers,omitempty"`
	Organization string                 `json:"organization,omitempty"`
	Visibility   registry.Visibility    `json:"visibility"`
	Downloads    int64                  `json:"downloads,omitempty"`
	Days         map[registry.Day]int64 `json:"days,omitempty"` // downloads of each
	journal
}

func packageOf(m registry.Moved) packageRecord {
	return packageRecord{
		Name: m.Name, Owner: m.Owner, Maintainers: m.Maintainers, Organization: m.Organization, Visibility: m.Visibility,
		Downloads: m.Downloaded.Total, Days: m.Downloaded.Days, journal: journalOf(m.Journal),
	}
}

func (p packageRecord) moved() registry.Moved {
	var m registry.Moved
	m.Package = registry.Package{
		Name: p.Name, Owner: p.Owner, Maintainers: p.Maintainers, Organization: p.Organization, Visibility: p.Visibility,
	}
	m.Journal = p.record()
	m.Downloaded = registry.Downloaded{Total: p.Downloads, Days: p.Days}
	return m
}

// releaseRecord is a further line. Of a deleted release only its version,
// upload and SHA-256 are left.
type releaseRecord struct {
	Version     string             `json:"version"`
	Deleted     bool               `json:"deleted,omitempty"`
	Upload      string             `json:"upload"`
	SHA256      string             `json:"sha256"`
	Size        int64              `json:"size,omitempty"`
	Original    *digest            `json:"original,omitempty"` // what the ZIP was before it got its canonical form
	License     string             `json:"license,omitempty"`
	Type        registry.Type      `json:"type,omitempty"`
	PublishTime time.Time          `json:"publishTime,omitzero"`
	Publisher   string             `json:"publisher,omitempty"`
	Manifest    *registry.Manifest `json:"manifest,omitempty"`
	Texts       registry.Texts     `json:"texts,omitzero"`
	English     registry.Texts     `json:"english,omitzero"`
}

// digest is that of a file.
type digest struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func digestOf(d registry.Digest) *digest {
	if d == (registry.Digest{}) {
		return nil
	}
	return &digest{d.Size, d.SHA256}
}

func (d *digest) digest() registry.Digest {
	if d == nil {
		return registry.Digest{}
	}
	return registry.Digest{Size: d.Size, SHA256: d.SHA256}
}

func releaseOf(r registry.Release) releaseRecord {
	if r.Deleted {
		return releaseRecord{Version: r.Version.String(), Deleted: true, Upload: r.Upload, SHA256: deletedSum(r)}
	}
	return releaseRecord{
		Version: r.Version.String(), Upload: r.Upload, SHA256: r.ZIP.SHA256, Size: r.ZIP.Size, Original: digestOf(r.ZIP.Original), License: r.ZIP.License,
		Type: r.Type, PublishTime: r.PublishTime, Publisher: r.Publisher, Manifest: &r.Manifest, Texts: r.Texts, English: r.English,
	}
}

// deletedSum is the SHA-256 of a deleted release's ZIP, of which only the key
// is left.
func deletedSum(r registry.Release) string {
	return strings.TrimSuffix(path.Base(r.ZIP.Key), ".zip")
}

func (r releaseRecord) release(name string, v registry.Version) registry.Release {
	key := registry.ZIPKey(name, v, r.SHA256)
	if r.Deleted {
		return registry.Release{Name: name, Version: v, Deleted: true, Upload: r.Upload, ZIP: registry.ZIP{Key: key}}
	}
	return registry.Release{
		Name: name, Version: v, Type: r.Type, PublishTime: r.PublishTime, Publisher: r.Publisher, Upload: r.Upload,
		ZIP: registry.ZIP{
			Key: key, Digest: registry.Digest{Size: r.Size, SHA256: r.SHA256}, Original: r.Original.digest(), License: r.License,
		},
		Manifest: *r.Manifest, Texts: r.Texts, English: r.English,
	}
}

// groupRecord is an organization.
type groupRecord struct {
	Name    string            `json:"name"`
	Members map[string]string `json:"members,omitempty"` // roles by user
	Removed bool              `json:"removed,omitempty"`
	journal
}

func groupOf(g registry.Group) groupRecord {
	record := groupRecord{Name: g.Name, Removed: g.Removed, journal: journalOf(g.Journal)}
	if len(g.Members) > 0 {
		record.Members = make(map[string]string)
	}
	for user, role := range g.Members {
		record.Members[user] = role.String()
	}
	return record
}

// group returns the organization; its roles have been checked.
func (g groupRecord) group() (registry.Group, error) {
	group := registry.Group{Name: g.Name, Removed: g.Removed, Journal: g.record()}
	if len(g.Members) > 0 {
		group.Members = make(map[string]registry.Role)
	}
	for user, text := range g.Members {
		role, err := registry.ParseRole(text)
		if err != nil {
			return group, err
		}
		group.Members[user] = role
	}
	return group, nil
}
