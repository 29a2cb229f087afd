package control_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

func TestSignaturesOfToday(t *testing.T) {
	p := start(t, "")
	root := p.account.Root()
	const deployer = "acs:ram::1:role/deployer"
	attach(t, p, deployer, `{"Effect": "Allow", "Action": "fc:*", "Resource": "acs:fc:*:*:functions/*"}`)
	attach(t, p, "acs:ram::1:role/reader", `{"Effect": "Allow", "Action": "fc:Get*", "Resource": "*"}`)
	role, expired := p.account.Assume(deployer, time.Hour), p.account.Assume(deployer, -time.Second)
	date := func(d time.Duration) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("X-Acs-Date", time.Now().Add(d).UTC().Format("2006-01-02T15:04:05Z"))
		}
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for name, test := range map[string]struct {
		before func(*http.Request) // it is signed
		key    sts.Credentials
		after  func(*http.Request)
		status int
		code   string
	}{
		"right":              {nil, root, nil, 400, "InvalidArgument"}, // about the function
		"role":               {nil, role, nil, 400, "InvalidArgument"},
		"other role":         {nil, p.account.Assume("acs:ram::1:role/reader", time.Hour), nil, 403, "AccessDenied"},
		"no role":            {nil, p.account.Issue(time.Hour), nil, 403, "AccessDenied"},
		"10 minutes old":     {date(-10 * time.Minute), root, nil, 400, "InvalidArgument"},
		"20 minutes old":     {date(-20 * time.Minute), root, nil, 403, "AccessDenied"},
		"20 minutes ahead":   {date(20 * time.Minute), root, nil, 403, "AccessDenied"},
		"no date at all":     {header("X-Acs-Date", "yesterday"), root, nil, 400, "InvalidArgument"},
		"date added":         {func(r *http.Request) { r.Header.Del("X-Acs-Date") }, root, date(0), 400, "InvalidArgument"},
		"date changed":       {nil, root, date(-time.Minute), 403, "SignatureNotMatch"},
		"wrong secret":       {nil, sts.Credentials{AccessKeyID: keyID, AccessKeySecret: "x"}, nil, 403, "SignatureNotMatch"},
		"unknown key":        {nil, sts.Credentials{AccessKeyID: "x", AccessKeySecret: keySecret}, nil, 403, "InvalidAccessKeyID"},
		"role without token": {nil, sts.Credentials{AccessKeyID: role.AccessKeyID, AccessKeySecret: role.AccessKeySecret}, nil, 403, "InvalidSecurityToken"},
		"expired role":       {nil, expired, nil, 403, "InvalidSecurityToken"},
		"method changed":     {nil, root, func(r *http.Request) { r.Method = "PUT" }, 403, "SignatureNotMatch"},
		"path changed":       {nil, root, func(r *http.Request) { r.URL.Path += "/g/triggers" }, 403, "SignatureNotMatch"},
		"query added":        {nil, root, func(r *http.Request) { r.URL.RawQuery = "qualifier=1" }, 403, "SignatureNotMatch"},
		"host changed":       {nil, root, func(r *http.Request) { r.Host = "fc.example" }, 403, "SignatureNotMatch"},
		"body changed": {nil, root, func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(`[]`))
		}, 403, "SignatureNotMatch"},
		"header changed":  {nil, root, header("X-Acs-Version", "2"), 403, "SignatureNotMatch"},
		"header added":    {nil, root, header("X-Acs-Account", "2"), 400, "InvalidArgument"},
		"unsigned":        {nil, root, func(r *http.Request) { r.Header.Del("Authorization") }, 400, "MissingRequiredHeader"},
		"other scheme":    {nil, root, header("Authorization", "Basic eDp5"), 400, "InvalidArgument"},
		"older scheme":    {nil, root, header("Authorization", "FC "+keyID+":x"), 400, "InvalidArgument"},
		"no credential":   {nil, root, header("Authorization", "ACS3-HMAC-SHA256 SignedHeaders=host,Signature=00"), 400, "InvalidArgument"},
		"nothing":         {nil, root, header("Authorization", "ACS3-HMAC-SHA256 "), 400, "InvalidArgument"},
		"empty signature": {nil, root, header("Authorization", "ACS3-HMAC-SHA256 Credential="+keyID+",SignedHeaders=host,Signature="), 400, "InvalidArgument"},
	} {
		r := p.request(t, "POST", "/functions", []byte(`{}`))
		if test.before != nil {
			test.before(r)
		}
		signACS3(r, test.key)
		if test.after != nil {
			test.after(r)
		}
		send(t, r).want(t, name, test.status, test.code)
	}
}

func attach(t *testing.T, p *plane, role, statement string) {
	t.Helper()
	if err := p.account.Attach(role, []byte(`{"Version": "1", "Statement": [`+statement+`]}`)); err != nil {
		t.Fatal(err)
	}
}

func TestUploadCredentialsAreForUploadsOnly(t *testing.T) {
	p := start(t, "")
	r, err := http.NewRequestWithContext(t.Context(), "GET", p.url+"/2016-08-15/tempBucketToken", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	r.Header.Set("X-Fc-Account-Id", accountID)
	signFC(r, p.account.Root())
	token := send(t, r).body
	keys := token["credentials"].(object)
	id, secret := keys["AccessKeyId"].(string), keys["AccessKeySecret"].(string)
	client, err := oss.New(p.ossURL, id, secret, oss.SecurityToken(keys["SecurityToken"].(string)), oss.AuthVersion(oss.AuthV4), oss.Region(region))
	if err != nil {
		t.Fatal(err)
	}
	bucket, err := client.Bucket(token["ossBucket"].(string))
	if err != nil {
		t.Fatal(err)
	}
	object := accountID + "/" + token["objectName"].(string)
	if err := bucket.PutObject(object, strings.NewReader("x")); err != nil {
		t.Error(err)
	}
	if _, err := bucket.GetObject(object); err == nil {
		t.Error("they can read")
	}
	if err := bucket.PutObject("functions/api/1.zip", strings.NewReader("x")); err == nil {
		t.Error("they can write elsewhere")
	}
}

func TestSignaturesOfTheOlderAPI(t *testing.T) {
	p := start(t, "")
	root := p.account.Root()
	date := func(d time.Duration) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Date", time.Now().Add(d).UTC().Format(http.TimeFormat)) }
	}
	for name, test := range map[string]struct {
		before func(*http.Request) // it is signed
		key    sts.Credentials
		after  func(*http.Request)
		status int
		code   string
	}{
		"right":          {nil, root, nil, 200, ""},
		"20 minutes old": {date(-20 * time.Minute), root, nil, 403, "AccessDenied"},
		"date changed":   {nil, root, date(-time.Minute), 403, "SignatureNotMatch"},
		"no date":        {func(r *http.Request) { r.Header.Del("Date") }, root, nil, 400, "MissingRequiredHeader"},
		"wrong secret":   {nil, sts.Credentials{AccessKeyID: keyID, AccessKeySecret: "x"}, nil, 403, "SignatureNotMatch"},
		"unknown key":    {nil, sts.Credentials{AccessKeyID: "x", AccessKeySecret: keySecret}, nil, 403, "InvalidAccessKeyID"},
		"other account":  {func(r *http.Request) { r.Header.Set("X-Fc-Account-Id", "1") }, root, nil, 403, "AccessDenied"},
		"header added":   {nil, root, func(r *http.Request) { r.Header.Set("X-Fc-Trace", "1") }, 403, "SignatureNotMatch"},
		"body added": {nil, root, func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader("x")), 1
		}, 400, "InvalidArgument"},
		"scheme of today": {nil, root, func(r *http.Request) {
			r.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential=x,SignedHeaders=host,Signature=x")
		}, 400, "InvalidArgument"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", p.url+"/2016-08-15/tempBucketToken", nil)
		if err != nil {
			t.Fatal(err)
		}
		date(0)(r)
		r.Header.Set("X-Fc-Account-Id", accountID)
		if test.before != nil {
			test.before(r)
		}
		signFC(r, test.key)
		if test.after != nil {
			test.after(r)
		}
		send(t, r).want(t, name, test.status, test.code)
	}
}
