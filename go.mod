module github.com/fc-registry/fc-registry

go 1.26.0

require (
	// Reads ranges as npm does, which the other semver packages do not.
	deps.dev/util/semver v0.0.0-20260727054525-2946ae4a6141
	github.com/alecthomas/chroma/v2 v2.27.0 // colours code in readmes
	github.com/aliyun/aliyun-oss-go-sdk v3.0.2+incompatible
	// v4.1.3+incompatible is an older release (2019) that tools offer as an
	// upgrade; it lacks IsAtomic and CredentialsProvider. Stay on v1.
	github.com/aliyun/aliyun-tablestore-go-sdk v1.8.0
	// Its version list can't be read, so "go get -u" fails on it.
	github.com/aliyun/fc-runtime-go-sdk v0.3.1
	github.com/anishathalye/porcupine v1.3.1 // tests only: linearizability
	github.com/chromedp/cdproto v0.159.0 // tests only: the browser
	github.com/chromedp/chromedp v0.23.0 // tests only: the browser
	// The version that the Tablestore SDK asks for; 1.4 and later pull in
	// google.golang.org/protobuf and start 2.4 ms slower.
	github.com/golang/protobuf v1.3.2
	github.com/microcosm-cc/bluemonday v1.0.27 // keeps of a readme's HTML what is harmless
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.2
	github.com/yuin/goldmark v1.8.7
	go.etcd.io/bbolt v1.5.0
	go.yaml.in/yaml/v4 v4.0.0
	// Not below v0.62.0: its HTML parser was quadratic in nesting before, and
	// readmes are hostile.
	golang.org/x/net v0.62.0
	golang.org/x/sync v0.24.0
	golang.org/x/sys v0.49.0
	golang.org/x/text v0.43.0 // names that Windows and macOS take for one
)

require (
	github.com/aymerick/douceur v0.2.0 // indirect
	github.com/dlclark/regexp2/v2 v2.2.1 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/google/flatbuffers v23.5.26+incompatible // indirect
	github.com/gorilla/css v1.0.1 // indirect
	github.com/hashicorp/golang-lru v0.5.4 // indirect
	golang.org/x/time v0.16.0 // indirect
)
