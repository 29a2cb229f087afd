package web

import "net/url"

// Where the pages are. A name may hold whatever its owner chose.

func packagePath(name string) string { return "/packages/" + url.PathEscape(name) }

func versionPath(name, version string) string {
	return packagePath(name) + "/versions/" + url.PathEscape(version)
}

func organizationPath(name string) string { return "/orgs/" + url.PathEscape(name) }

func userPath(name string) string { return "/users/" + url.PathEscape(name) }

// searchPath is a search by one parameter.
func searchPath(parameter, value string) string {
	return "/search?" + url.Values{parameter: {value}}.Encode()
}

func revokePath(token string) string { return "/settings/tokens/" + url.PathEscape(token) + "/revoke" }

// webhooksPath is where the webhooks of a package or an organization are.
func webhooksPath(of string) string { return of + "/webhooks" }

func webhookPath(of, webhook, what string) string {
	return webhooksPath(of) + "/" + url.PathEscape(webhook) + "/" + what
}

func deliveryPath(of, webhook, delivery string) string {
	return webhookPath(of, webhook, "deliveries/"+url.PathEscape(delivery))
}
