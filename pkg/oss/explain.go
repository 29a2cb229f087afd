package oss

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"
)

// Explain turns an error of the service, or of the way to it, into one line for
// an administrator: what the service says, and which environment variable to
// look at. Others stay as they are.
func Explain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("there is no way to OSS: %w. Check OSS_ENDPOINT: https://oss-REGION.aliyuncs.com from outside the account's network, oss-REGION-internal.aliyuncs.com from inside; and OSS_BUCKET", u)
	}
	s, ok := errors.AsType[sdk.ServiceError](err)
	if !ok || advice(s) == "" {
		return err
	}
	doing := strings.TrimSuffix(err.Error(), s.Error())
	said := strings.TrimSuffix(strings.Join(strings.Fields(s.Message), " "), ".")
	return fmt.Errorf("%sOSS answers %s: %s. Check %s", doing, s.Code, said, advice(s))
}

// advice says what to check after an error, "" where nothing is known to help.
// The codes are those of the vendor's page "Error codes".
func advice(s sdk.ServiceError) string {
	switch {
	case s.Endpoint != "":
		return "OSS_REGION and OSS_ENDPOINT: the bucket is at " + s.Endpoint + "."
	case s.Code == "InvalidAccessKeyId":
		return "ALIBABA_CLOUD_ACCESS_KEY_ID: whether there is that key, and whether it is enabled."
	case s.Code == "SignatureDoesNotMatch":
		return "ALIBABA_CLOUD_ACCESS_KEY_SECRET: it is not that of ALIBABA_CLOUD_ACCESS_KEY_ID."
	case s.Code == "InvalidSecurityToken", s.Code == "SecurityTokenExpired":
		return "ALIBABA_CLOUD_SECURITY_TOKEN: take newer credentials, or none with a key of your own."
	case s.Code == "RequestTimeTooSkewed":
		return "this machine's clock: signatures count for 15 minutes."
	case strings.Contains(s.Message, "region"), s.Code == "InvalidLocationConstraint":
		return "OSS_REGION: it must be that of OSS_ENDPOINT, as in cn-hangzhou."
	case s.Code == "BucketAlreadyExists", s.Code == "InvalidBucketName":
		return "OSS_BUCKET: names are unique among all accounts; choose another."
	case s.Code == "AccessDenied":
		return "what the user of ALIBABA_CLOUD_ACCESS_KEY_ID may do, an administrator needs AliyunOSSFullAccess; and whether OSS_BUCKET is another account's: then choose another name."
	}
	return ""
}
