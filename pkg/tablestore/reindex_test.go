package tablestore_test

import (
	"reflect"
	"slices"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
)

// What an older registry wrote is found by nobody, until it is written again.
func TestPackagesThatListsDoNotFindAreWrittenAgain(t *testing.T) {
	c, vendor := service(t)
	bootstrap(t, c)
	for _, name := range []string{"Hello", "other", "third"} {
		r := registrytest.Release(t, name, "1.0.0")
		h := registry.Head{Package: registrytest.Package(r), Latest: &r, Journal: registrytest.Journal(registry.PackageSubject(name))}
		if err := c.PutHead(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.PutHead(t.Context(), registry.Head{Package: registry.Package{Name: "unreleased", Owner: "ann"}}); err != nil {
		t.Fatal(err)
	}
	before := head(t, c, "hello")
	for _, name := range []string{"hello", "third"} {
		change := &sdk.UpdateRowChange{TableName: "packages", PrimaryKey: new(sdk.PrimaryKey)}
		change.PrimaryKey.AddPrimaryKeyColumn("package", name)
		change.PrimaryKey.AddPrimaryKeyColumn("item", "~head")
		for _, column := range []string{"Readers", "Labels", "Words"} {
			change.DeleteColumn(column)
		}
		change.SetCondition(sdk.RowExistenceExpectation_EXPECT_EXIST)
		if _, err := vendor.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: change}); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"write 2 packages again, that lists and searches do not find"}
	for _, dry := range []bool{true, true, false} {
		if got, err := changes(t, c, dry); err != nil || !slices.Equal(got, want) {
			t.Errorf("dry %t: %q, %v", dry, got, err)
		}
	}
	if got := bootstrap(t, c); len(got) > 0 {
		t.Errorf("a second time: %q", got)
	}
	if after := head(t, c, "hello"); !reflect.DeepEqual(after, before) {
		t.Errorf("the head was changed: %+v, before %+v", after, before)
	}
}

// What an older registry wrote of organizations is listed for nobody.
func TestMembersThatAreNotListedAreListed(t *testing.T) {
	c, vendor := service(t)
	bootstrap(t, c)
	members := map[string]registry.Role{"alice": registry.OwnerRole, "bob": registry.Member}
	if err := c.PutGroup(t.Context(), registry.Group{Name: "Example 团队", Members: members}); err != nil {
		t.Fatal(err)
	}
	change := &sdk.DeleteRowChange{TableName: "members", PrimaryKey: new(sdk.PrimaryKey)}
	change.PrimaryKey.AddPrimaryKeyColumn("user", "bob")
	change.PrimaryKey.AddPrimaryKeyColumn("organization", "example 团队")
	change.SetCondition(sdk.RowExistenceExpectation_EXPECT_EXIST)
	if _, err := vendor.DeleteRow(&sdk.DeleteRowRequest{DeleteRowChange: change}); err != nil {
		t.Fatal(err)
	}
	for _, dry := range []bool{true, false} {
		if got, err := changes(t, c, dry); err != nil || !slices.Equal(got, []string{"list 1 members of organizations"}) {
			t.Errorf("dry %t: %q, %v", dry, got, err)
		}
	}
	if got := bootstrap(t, c); len(got) > 0 {
		t.Errorf("a second time: %q", got)
	}
	if names, err := c.Of(t.Context(), "bob"); err != nil || !slices.Equal(names, []string{"Example 团队"}) {
		t.Errorf("bob is in %q, %v", names, err)
	}
}

func head(t *testing.T, c *tablestore.Client, name string) registry.Head {
	t.Helper()
	h, err := c.Head(t.Context(), name, registry.Full)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
