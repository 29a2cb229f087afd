// Package tablestore keeps the registry's metadata in Alibaba Cloud Tablestore.
//
// The tables (tables.go) and their rows (layout.go):
//
//	packages    package      item                     columns
//	            hello        ~head                    package, revision, latest release
//	            hello        release/1/<1.2.0>        release
//	            hello        release/1/<1.0.0>        release
//	            hello        release/0/<dev.0.7>      release
//	uploads     id           release on its way, its outcome; gone after a day
//	attempts    user         name/version             the user's last attempt to publish it; gone after a month
//	identities  id           user/NAME, token/MD5
//	nonces      id           signatures seen; gone after a day
//	organizations  id        who is in an organization
//	audit       subject      seq                      what was changed, for ever
//	downloads   package      shard                    downloads in all, and of each day
//	upstream    name         question                 what an upstream said; gone after 30 days
//	origins     id           to which upstream a name belongs, for ever
//	reserved    "names"      patterns of names that no upstream is asked for
//	pins        package      version                  release taken from an upstream, for ever
//	fetches     package      version                  who takes it, or why nobody could; gone after a day
//	webhooks    id           those set for a package, an organization, or all
//	outbox      webhook      subject, seq             event that the webhook has still to hear of
//	deliveries  webhook      id                       what became of it; gone after a month
//
// "~" sorts after every release, and a version's key in the order of versions.
// So the latest release is one row, however many versions there are; and one
// range read backwards from ~head gives the package, then its releases, highest
// first.
package tablestore

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/aliyun/aliyun-tablestore-go-sdk/common"
	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// Time limits of a call. The SDK takes no context, so they are set below the
// time-out of the functions.
const (
	connectTimeout = 2 * time.Second
	requestTimeout = 4 * time.Second
	retryTime      = 5 * time.Second // after which no further try is begun
)

// Config says where the tables are.
type Config struct {
	Endpoint    string // https://INSTANCE.REGION.vpc.tablestore.aliyuncs.com
	Instance    string
	Credentials credentials.Source
}

// Client is a connection to one instance. It is safe for concurrent use.
type Client struct {
	sdk *sdk.TableStoreClient
}

// New returns a client; it makes no call.
func New(c Config) *Client {
	config := sdk.NewDefaultTableStoreConfig()
	config.HTTPTimeout = sdk.HTTPTimeout{ConnectionTimeout: connectTimeout, RequestTimeout: requestTimeout}
	config.MaxRetryTime = retryTime
	config.Transport = &http.Transport{
		MaxIdleConnsPerHost: 256, // of one host, which is all that it talks to
		IdleConnTimeout:     25 * time.Second,
		DisableCompression:  true,
	}
	return &Client{sdk: sdk.NewClientWithCredentialsProvider(c.Endpoint, c.Instance, provider{c.Credentials}, config)}
}

// provider is asked by the SDK at each attempt, so that it always has the
// role's newest credentials.
type provider struct{ source credentials.Source }

func (p provider) GetCredentials() common.Credentials {
	c := p.source()
	return &common.DefaultCredentials{
		AccessKeyID:     c.AccessKeyID,
		AccessKeySecret: c.AccessKeySecret,
		SecurityToken:   c.SecurityToken,
	}
}

// call runs one SDK call, under the id of the request that ctx belongs to,
// unless ctx has ended; it gives its error a code. It counts as one, however
// often the SDK repeats it.
func call[Request interface{ SetTraceID(string) }, Response any](ctx context.Context, do func(Request) (Response, error), request Request) (Response, error) {
	if err := ctx.Err(); err != nil {
		var none Response
		return none, err
	}
	of := trace.From(ctx)
	request.SetTraceID(of.ID)
	response, err := do(request)
	if err != nil {
		of.CountTablestore(refused(err))
		return response, coded(err)
	}
	of.CountTablestore(consumed(response))
	return response, nil
}

// Codes of the service that the SDK has no name for.
const (
	conditionCheckFail = "OTSConditionCheckFail"
	objectAlreadyExist = "OTSObjectAlreadyExist"
	objectNotExist     = "OTSObjectNotExist"
)

// coded translates the service's error codes.
func coded(err error) error {
	if _, ok := errors.AsType[*url.Error](err); ok { // no connection, or no answer
		return busy(err)
	}
	ots, ok := errors.AsType[*sdk.OtsError](err)
	if !ok {
		return err
	}
	switch ots.Code {
	case conditionCheckFail:
		return &registry.Error{Code: registry.Conflict, Message: "The stored row is another one.", Err: err}
	case sdk.SERVER_BUSY, sdk.NOT_ENOUGH_CAPACITY_UNIT, sdk.STORAGE_TIMEOUT, sdk.SERVER_UNAVAILABLE,
		sdk.PARTITION_UNAVAILABLE, sdk.ROW_OPERATION_CONFLICT, sdk.TABLE_NOT_READY:
		return busy(err)
	}
	return err
}

func busy(err error) error {
	return &registry.Error{Code: registry.Unavailable, Message: "The registry's storage is busy. Try again in some seconds.", Err: err}
}

func missing(what string) error {
	return registry.Errorf(registry.NotFound, "There is no such %s.", what)
}
