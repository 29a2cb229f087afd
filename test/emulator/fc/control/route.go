package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
)

// call is one request.
type call struct {
	*http.Request
	id   string
	now  time.Time // by the service's clock, in seconds
	key  string    // id of the access key that signed it
	body []byte
}

// handler does a call; a nil answer is 204.
type handler func(*call) (answer any, err error)

// maxBody is the size of the largest request: 50 MB of code in base64, and its
// function. The vendor documents the former.
const maxBody = 70 << 20

func (s *Service) route() {
	s.mux = http.NewServeMux()
	for _, r := range []struct {
		method, path, operation string
		do                      handler
	}{
		{"GET", "/2016-08-15/tempBucketToken", "GetTempBucketToken", s.tempBucketToken},

		{"GET", "/2023-03-30/functions", "ListFunctions", s.listFunctions},
		{"POST", "/2023-03-30/functions", "CreateFunction", s.createFunction},
		{"GET", "/2023-03-30/functions/{function}", "GetFunction", s.getFunction},
		{"PUT", "/2023-03-30/functions/{function}", "UpdateFunction", s.updateFunction},
		{"DELETE", "/2023-03-30/functions/{function}", "DeleteFunction", s.deleteFunction},
		{"GET", "/2023-03-30/functions/{function}/code", "GetFunctionCode", s.getFunctionCode},

		{"GET", "/2023-03-30/functions/{function}/triggers", "ListTriggers", s.listTriggers},
		{"POST", "/2023-03-30/functions/{function}/triggers", "CreateTrigger", s.createTrigger},
		{"GET", "/2023-03-30/functions/{function}/triggers/{trigger}", "GetTrigger", s.getTrigger},
		{"PUT", "/2023-03-30/functions/{function}/triggers/{trigger}", "UpdateTrigger", s.updateTrigger},
		{"DELETE", "/2023-03-30/functions/{function}/triggers/{trigger}", "DeleteTrigger", s.deleteTrigger},

		{"GET", "/2023-03-30/functions/{function}/versions", "ListFunctionVersions", s.listVersions},
		{"POST", "/2023-03-30/functions/{function}/versions", "PublishFunctionVersion", s.publishVersion},
		{"DELETE", "/2023-03-30/functions/{function}/versions/{version}", "DeleteFunctionVersion", s.deleteVersion},
		{"GET", "/2023-03-30/functions/{function}/aliases", "ListAliases", s.listAliases},
		{"POST", "/2023-03-30/functions/{function}/aliases", "CreateAlias", s.createAlias},
		{"GET", "/2023-03-30/functions/{function}/aliases/{alias}", "GetAlias", s.getAlias},
		{"PUT", "/2023-03-30/functions/{function}/aliases/{alias}", "UpdateAlias", s.updateAlias},
		{"DELETE", "/2023-03-30/functions/{function}/aliases/{alias}", "DeleteAlias", s.deleteAlias},

		{"GET", "/2023-03-30/functions/{function}/async-invoke-config", "GetAsyncInvokeConfig", s.without("AsyncConfigNotExists", "async invoke config")},
		{"GET", "/2023-03-30/functions/{function}/concurrency", "GetConcurrencyConfig", s.without("ConcurrencyConfigNotFound", "concurrency config")},
		{"GET", "/2023-03-30/functions/{function}/provision-config", "GetProvisionConfig", s.without("ProvisionConfigNotFound", "provision config")},
		{"GET", "/2023-03-30/functions/{function}/scaling-config", "GetScalingConfig", s.without("ScalingConfigNotFound", "scaling config")},
		{"GET", "/2023-03-30/functions/{function}/vpc-bindings", "ListVpcBindings", s.none("vpcIds")},
		{"GET", "/2023-03-30/async-invoke-configs", "ListAsyncInvokeConfigs", s.none("configs")},
		{"GET", "/2023-03-30/provision-configs", "ListProvisionConfigs", s.none("provisionConfigs")},
		{"GET", "/2023-03-30/scaling-configs", "ListScalingConfigs", s.none("scalingConfigs")},
		{"GET", "/2023-03-30/concurrency-configs", "ListConcurrencyConfigs", s.none("configs")},
		{"GET", "/2023-03-30/custom-domains", "ListCustomDomains", s.none("customDomains")},
	} {
		s.mux.HandleFunc(r.method+" "+r.path, s.serve(r.operation, r.do))
	}
	s.mux.HandleFunc("/", s.serve("", func(c *call) (any, error) {
		return nil, refuse(http.StatusBadRequest, "PathNotSupported", "'%s' against '%s' is not supported", c.Method, c.URL.Path)
	}))
}

// ServeHTTP answers one call.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// serve admits a call and does it, as the cloud's faults let it.
func (s *Service) serve(operation string, do handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{Request: r, id: newID(), now: s.now().Truncate(time.Second)}
		resource := r.PathValue("function")
		err := s.admit(c, w)
		if err == nil {
			err = s.permit(c, operation, resource)
		}
		if err != nil {
			s.writeError(w, c, err)
			return
		}
		s.cloud.Meter.Add(meter.Key{Service: "fc", Operation: operation, Resource: resource}, 0, 0)
		verdict := s.cloud.Faults.Judge(r.Context(), fault.Call{Operation: operation, Resource: resource})
		if f := verdict.Failure; f != nil {
			s.writeError(w, c, refuse(f.Status, f.Code, "%s", f.Message))
			return
		}
		answer, err := do(c)
		if verdict.Drop {
			verdict.Abort()
		}
		if err != nil {
			s.writeError(w, c, err)
			return
		}
		s.write(w, c, http.StatusOK, answer)
	}
}

// admit reads the body of a call that its signature allows.
func (s *Service) admit(c *call, w http.ResponseWriter) error {
	verify, err := s.authorization(c)
	if err != nil {
		return err
	}
	if c.ContentLength > maxBody {
		return tooLarge()
	}
	c.body, err = io.ReadAll(http.MaxBytesReader(w, c.Body, maxBody))
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return tooLarge()
	}
	if err != nil {
		return invalid("the request's body can't be read: %v", err)
	}
	return verify(c)
}

// write sends an answer. A client that does not take it is gone.
func (s *Service) write(w http.ResponseWriter, c *call, status int, answer any) {
	w.Header().Set("X-Fc-Request-Id", c.id)
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	body, err := json.Marshal(answer)
	if err != nil {
		s.writeError(w, c, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) //nolint:errcheck
}

// decode reads the body's JSON object.
func (c *call) decode(v any) error {
	if err := json.Unmarshal(c.body, v); err != nil {
		return invalid("the request's body is not the JSON that this call takes: %v", err)
	}
	if !bytes.HasPrefix(bytes.TrimSpace(c.body), []byte("{")) {
		return invalid("the request's body must be a JSON object")
	}
	return nil
}

// without answers for a configuration that no function here has.
func (s *Service) without(code, what string) handler {
	return func(c *call) (any, error) {
		name := c.PathValue("function")
		if _, err := s.function(name); err != nil {
			return nil, err
		}
		return nil, refuse(http.StatusNotFound, code, "function '%s' has no %s", name, what)
	}
}

// none answers for a list that is always empty here.
func (s *Service) none(list string) handler {
	return func(c *call) (any, error) {
		if name := c.PathValue("function"); name != "" {
			if _, err := s.function(name); err != nil {
				return nil, err
			}
		}
		return map[string][]string{list: {}}, nil
	}
}
