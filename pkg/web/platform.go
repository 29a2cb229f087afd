package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/respond"
)

// platform ends the hosts that Function Compute itself gives to functions. To
// HTML from there the platform adds "Content-Disposition: attachment": a
// browser keeps it as a file and shows nothing. A custom domain has no such
// rule; so the pages need one, while s and other clients do not.
const platform = ".fcapp.run"

// elsewhere answers what was asked by the platform's own address, where a page
// can't be shown, and tells whether it did: it sends to the custom domain, or,
// when the registry has none, says in plain text what is missing.
func (p *Pages) elsewhere(w http.ResponseWriter, r *http.Request) bool {
	base, err := url.Parse(p.Base)
	if err == nil && onPlatform(base.Host) {
		protect(w.Header())
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		write(w, r, http.StatusOK, fmt.Appendf(nil, needsDomain, p.Base))
		return true
	}
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	if !read || !onPlatform(r.Header.Get(respond.HostHeader)) {
		return false
	}
	protect(w.Header())
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", p.Base+local(r.URL.RequestURI()))
	w.WriteHeader(http.StatusFound)
	return true
}

func onPlatform(host string) bool {
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	return strings.HasSuffix(name, platform)
}

// needsDomain is no page, so it is in both languages.
const needsDomain = `This is a Serverless Devs registry. Its web page needs a custom domain: from this address, which belongs to the platform, browsers download pages instead of showing them.
To see the page, bind a custom domain to the function "gateway", set REGISTRY_URL to it, and deploy again.
The registry itself works from here:

    s set registry %[1]s/v3
    s registry login --token TOKEN

这是一个 Serverless Devs 制品仓库。网页需要自定义域名：从平台自带的这个地址打开时，浏览器会把网页下载成文件，而不是显示出来。
要打开网页，请给函数 gateway 绑定自定义域名，把 REGISTRY_URL 设为该域名，然后重新部署。
仓库本身在这个地址就可以使用：

    s set registry %[1]s/v3
    s registry login --token TOKEN
`
