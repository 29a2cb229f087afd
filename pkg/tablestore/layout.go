package tablestore

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Items of a package's partition.
const (
	headItem  = "~head"
	releases  = "release/"
	numbered  = releases + "1/"
	devBuilds = releases + "0/"
	// afterAll sorts behind every key with the prefix before it.
	afterAll = "~"
)

// States of a row in the packages table.
const (
	stateHead     = "head"
	stateReleased = "released"
	stateDeleted  = "deleted"
)

// Names of the columns that conditions and filters look at, or that must
// survive a deletion. Name, Type, Version, PublishTime and VersionBody are the
// names of the SRM specification, section "Metadata".
const (
	colState   = "State"
	colVersion = "Version"
	colUpload  = "Upload"

	// What a ZIP was before it got its canonical form. There are none in rows of
	// releases that were made before there was one.
	original          = "Original"
	colOriginalSize   = original + "Size"
	colOriginalSHA256 = original + "SHA256"

	// colDownloads is written by the tally alone.
	colDownloads = "Downloads"
)

// packageKey is where a package's rows are. People may ask for names that are
// too long for a key column (1 KB): cut off, such a name is still longer than
// any package's, and so is not found.
func packageKey(name, item string) *sdk.PrimaryKey {
	key := registry.Key(name)
	k := new(sdk.PrimaryKey)
	k.AddPrimaryKeyColumn("package", key[:min(len(key), registry.MaxName+1)])
	k.AddPrimaryKeyColumn("item", item)
	return k
}

func releaseKey(name string, v registry.Version) *sdk.PrimaryKey {
	return packageKey(name, releases+v.SortKey())
}

func packageColumns() []string {
	return []string{"Name", "Owner", "Maintainers", "Organization", "Visibility", colDownloads, colRevision, colState}
}

func summaryColumns() []string {
	return append(packageColumns(), colVersion, "Type", "PublishTime", "VersionBody",
		"Publisher", colUpload, "ZipKey", "Size", "SHA256", "License")
}

// listColumns are those of a page of releases. Each counts: decoding them is
// most of what a page costs.
func listColumns() []string {
	return append(packageColumns(), colVersion, "PublishTime", "VersionBody", "Size", "SHA256")
}

// fieldColumns returns the columns to read. What a head is found by is in none:
// it would cost reading the readme twice.
func fieldColumns(f registry.Fields) []string {
	columns := summaryColumns()
	if f >= registry.Described {
		columns = append(columns, "Manifest")
	}
	if f == registry.Full {
		columns = append(append(columns, textColumns()...), colOriginalSize, colOriginalSHA256, colEvent, colRecent)
	}
	return columns
}

// headColumns are all that PutHead may write.
func headColumns() []string {
	columns := append(fieldColumns(registry.Full), foundColumns()...)
	return slices.DeleteFunc(columns, func(name string) bool { return name == colDownloads })
}

func textColumns() []string {
	return []string{
		"Publish", "Readme", "Syaml", "Flow",
		"PublishEn", "VersionBodyEn", "ReadmeEn", "SyamlEn", "FlowEn",
	}
}

// droppedColumns are those that a deletion takes away.
func droppedColumns() []string {
	return append(textColumns(), "Type", "PublishTime", "VersionBody", "Publisher", "Size", "SHA256", colOriginalSize, colOriginalSHA256, "License", "Manifest")
}

func (c columns) setPackage(p registry.Package) {
	c.set("Name", p.Name)
	c.set("Owner", p.Owner)
	c.set("Maintainers", strings.Join(p.Maintainers, " "))
	c.set("Organization", p.Organization)
	c.set("Visibility", string(p.Visibility))
}

func (c columns) pkg() registry.Package {
	p := registry.Package{
		Name:         c.text("Name"),
		Owner:        c.text("Owner"),
		Organization: c.text("Organization"),
		Visibility:   registry.Visibility(c.text("Visibility")),
		Downloads:    c.number(colDownloads),
	}
	if maintainers := c.text("Maintainers"); maintainers != "" {
		p.Maintainers = strings.Split(maintainers, " ")
	}
	return p
}

func (c columns) setRelease(r registry.Release) error {
	manifest, err := json.Marshal(r.Manifest)
	if err != nil {
		return fmt.Errorf("encode manifest of %s %s: %w", r.Name, r.Version, err)
	}
	c.set("Name", r.Name)
	c.set(colVersion, r.Version.String())
	c.set("Type", storedType(r.Type))
	c["PublishTime"] = r.PublishTime.Unix()
	c.set("Publisher", r.Publisher)
	c.set(colUpload, r.Upload)
	c.set("ZipKey", r.ZIP.Key)
	c.setDigest("", r.ZIP.Digest)
	c.setDigest(original, r.ZIP.Original)
	c.set("License", r.ZIP.License)
	c.set("Manifest", string(manifest))
	c.setTexts("", r.Texts)
	c.setTexts("En", r.English)
	return nil
}

func (c columns) setDigest(prefix string, d registry.Digest) {
	c[prefix+"Size"] = d.Size
	c.set(prefix+"SHA256", d.SHA256)
}

func (c columns) digest(prefix string) registry.Digest {
	return registry.Digest{Size: c.number(prefix + "Size"), SHA256: c.text(prefix + "SHA256")}
}

func (c columns) zip() registry.ZIP {
	return registry.ZIP{Key: c.text("ZipKey"), Digest: c.digest(""), Original: c.digest(original), License: c.text("License"), Source: c.text(colSource)}
}

func (c columns) setTexts(suffix string, t registry.Texts) {
	c.set("Publish"+suffix, t.Publish)
	c.set("VersionBody"+suffix, t.VersionBody)
	c.set("Readme"+suffix, t.Readme)
	c.set("Syaml"+suffix, t.Syaml)
	c.set("Flow"+suffix, t.Flow)
}

func (c columns) texts(suffix string) registry.Texts {
	return registry.Texts{
		Publish:     c.text("Publish" + suffix),
		VersionBody: c.text("VersionBody" + suffix),
		Readme:      c.text("Readme" + suffix),
		Syaml:       c.text("Syaml" + suffix),
		Flow:        c.text("Flow" + suffix),
	}
}

func (c columns) release() (registry.Release, error) {
	r := registry.Release{
		Name:      c.text("Name"),
		Type:      domainType(c.text("Type")),
		Publisher: c.text("Publisher"),
		Deleted:   c.text(colState) == stateDeleted,
		Upload:    c.text(colUpload),
		ZIP:       c.zip(),
		Texts:     c.texts(""),
		English:   c.texts("En"),
	}
	if seconds := c.number("PublishTime"); seconds > 0 {
		r.PublishTime = time.Unix(seconds, 0).UTC()
	}
	var err error
	if r.Version, err = registry.ParseVersion(c.text(colVersion)); err != nil {
		return r, fmt.Errorf("stored release of %s: %w", r.Name, err)
	}
	if manifest := c.text("Manifest"); manifest != "" {
		err = json.Unmarshal([]byte(manifest), &r.Manifest)
	}
	if err != nil {
		return r, fmt.Errorf("stored manifest of %s %s: %w", r.Name, r.Version, err)
	}
	return r, nil
}

// application is what the SRM specification calls a Project.
const application = "Application"

func storedType(t registry.Type) string {
	if t == registry.Project {
		return application
	}
	return string(t)
}

func domainType(stored string) registry.Type {
	if stored == application {
		return registry.Project
	}
	return registry.Type(stored)
}
