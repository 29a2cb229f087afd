package tablestore

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// Explain turns an error of the service, or of the way to it, into one line for
// an administrator: what the service says, and which environment variable to
// look at. Others stay as they are.
func Explain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("there is no way to Tablestore: %w. Check TABLESTORE_ENDPOINT: https://INSTANCE.REGION.ots.aliyuncs.com from outside the account's network, INSTANCE.REGION.vpc.tablestore.aliyuncs.com from inside", u)
	}
	ots, ok := errors.AsType[*sdk.OtsError](err)
	if !ok || advice(ots.Code, ots.Message) == "" {
		return err
	}
	doing := strings.TrimSuffix(err.Error(), ots.Error())
	said := strings.TrimSuffix(strings.Join(strings.Fields(cut(ots.Message, 300)), " "), ".")
	return fmt.Errorf("%sTablestore answers %s: %s. Check %s", doing, ots.Code, said, advice(ots.Code, said))
}

// advice says what to check after an error, "" where nothing is known to help.
// The codes and messages are those of the vendor's page "Error codes".
func advice(code, said string) string {
	switch {
	case code == sdk.OTS_CLIENT_UNKNOWN:
		return "TABLESTORE_ENDPOINT: what answers there is not Tablestore."
	case code == "OTSNoPermissionAccess":
		return "what the user of ALIBABA_CLOUD_ACCESS_KEY_ID may do: an administrator needs AliyunOTSFullAccess."
	case code != "OTSAuthFailed":
		return ""
	case strings.Contains(said, "instance"):
		return "TABLESTORE_INSTANCE and the region in TABLESTORE_ENDPOINT; make the instance, if there is none yet, in the console of Tablestore."
	case strings.Contains(said, "time"):
		return "this machine's clock: signatures count for 15 minutes."
	case strings.Contains(said, "token"):
		return "ALIBABA_CLOUD_SECURITY_TOKEN: take newer credentials, or none with a key of your own."
	case strings.Contains(said, "Signature"):
		return "ALIBABA_CLOUD_ACCESS_KEY_SECRET: it is not that of ALIBABA_CLOUD_ACCESS_KEY_ID."
	}
	return "ALIBABA_CLOUD_ACCESS_KEY_ID: whether there is that key, and whether it is enabled."
}
