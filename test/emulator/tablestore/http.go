package tablestore

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

const maxBody = 8 << 20 // bytes of a request

// call is a decoded request, ready to be run.
type call struct {
	table string // the (first) one that it is about
	run   func(*usage) (proto.Message, error)
}

// operation decodes the body of a request.
type operation func(body []byte) (call, error)

func (s *Service) newOperations() map[string]operation {
	return map[string]operation{
		"CreateTable": newOperation(s.createTable, func(r *pb.CreateTableRequest) string {
			return r.GetTableMeta().GetTableName()
		}),
		"DescribeTable": newOperation(s.describeTable, (*pb.DescribeTableRequest).GetTableName),
		"ListTable":     newOperation(s.listTable, func(*pb.ListTableRequest) string { return "" }),
		"UpdateTable":   newOperation(s.updateTable, (*pb.UpdateTableRequest).GetTableName),
		"DeleteTable":   newOperation(s.deleteTable, (*pb.DeleteTableRequest).GetTableName),
		"GetRow":        newOperation(s.getRow, (*pb.GetRowRequest).GetTableName),
		"PutRow":        newOperation(s.putRow, (*pb.PutRowRequest).GetTableName),
		"UpdateRow":     newOperation(s.updateRow, (*pb.UpdateRowRequest).GetTableName),
		"DeleteRow":     newOperation(s.deleteRow, (*pb.DeleteRowRequest).GetTableName),
		"GetRange":      newOperation(s.getRange, (*pb.GetRangeRequest).GetTableName),
		"BatchGetRow": newOperation(s.batchGetRow, func(r *pb.BatchGetRowRequest) string {
			return firstTable(r.GetTables())
		}),
		"BatchWriteRow": newOperation(s.batchWriteRow, func(r *pb.BatchWriteRowRequest) string {
			return firstTable(r.GetTables())
		}),
		"CreateSearchIndex":   newOperation(s.createSearchIndex, (*pb.CreateSearchIndexRequest).GetTableName),
		"DescribeSearchIndex": newOperation(s.describeSearchIndex, (*pb.DescribeSearchIndexRequest).GetTableName),
		"ListSearchIndex":     newOperation(s.listSearchIndex, (*pb.ListSearchIndexRequest).GetTableName),
		"DeleteSearchIndex":   newOperation(s.deleteSearchIndex, (*pb.DeleteSearchIndexRequest).GetTableName),
		"Search":              newOperation(s.search, (*pb.SearchRequest).GetTableName),
	}
}

func newOperation[M any, R interface {
	*M
	proto.Message
}](run func(*usage, R) (proto.Message, error), table func(R) string) operation {
	return func(body []byte) (call, error) {
		r := R(new(M))
		if err := proto.Unmarshal(body, r); err != nil {
			return call{}, invalid("Parse PBMessage from RawString failed.")
		}
		return call{table(r), func(u *usage) (proto.Message, error) { return run(u, r) }}, nil
	}
}

func firstTable[T interface{ GetTableName() string }](tables []T) string {
	if len(tables) == 0 {
		return ""
	}
	return tables[0].GetTableName()
}

// ServeHTTP answers one request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := s.requestPrefix + "-" + strconv.FormatUint(s.requests.Add(1), 16)
	w.Header()[headerRequestID] = []string{id}
	w.Header()[headerContentType] = []string{"protocol buffer"}
	response, err := s.serve(w, r)
	if err != nil {
		s.fail(w, r, id, err)
		return
	}
	body, err := proto.Marshal(response)
	if err != nil {
		s.fail(w, r, id, fmt.Errorf("encode answer: %w", err))
		return
	}
	respond(w, http.StatusOK, body)
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request) (proto.Message, error) {
	if r.Method != http.MethodPost {
		return nil, &apiError{http.StatusMethodNotAllowed, "OTSMethodNotAllowed", "Only POST method for requests is supported."}
	}
	body, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	if err := s.authenticate(r, body); err != nil {
		return nil, err
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	decode, ok := s.operations[name]
	if !ok {
		return nil, invalid("Unsupported operation: '%s'.", name)
	}
	c, err := decode(body)
	if err != nil {
		return nil, err
	}
	if resource := "instance/" + s.instance + "/table/" + c.table; !s.account.Allows(r.Header.Get(headerAccessKey), "ots:"+name, resource) {
		return nil, &apiError{http.StatusForbidden, "OTSNoPermissionAccess", "You have no permission to access the requested resource, please contact the resource owner."}
	}
	return s.run(r, name, c)
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body := bytes.NewBuffer(make([]byte, 0, min(max(r.ContentLength, 0), maxBody)+bytes.MinRead))
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, &apiError{http.StatusRequestEntityTooLarge, "OTSRequestBodyTooLarge", "The size of POST data is too large."}
	}
	if err != nil {
		return nil, invalid("Cannot read the request: %v.", err)
	}
	return body.Bytes(), nil
}

// run does the call, as far as the fault plan lets it.
func (s *Service) run(r *http.Request, name string, c call) (proto.Message, error) {
	verdict := s.faults.Judge(r.Context(), fault.Call{Operation: name, Resource: c.table})
	if f := verdict.Failure; f != nil {
		return nil, &apiError{f.Status, f.Code, f.Message}
	}
	u := &usage{operation: name}
	response, err := c.run(u)
	if len(u.tables) == 0 {
		u.add(c.table, capacity{})
	}
	u.settle(s.meter)
	if verdict.Drop {
		verdict.Abort()
	}
	return response, err
}

func (s *Service) fail(w http.ResponseWriter, r *http.Request, id string, err error) {
	var e *apiError
	if !errors.As(err, &e) {
		s.log.Error("request failed", "service", "tablestore", "operation", r.URL.Path, "request_id", id, "error", err)
		e = &apiError{http.StatusInternalServerError, "OTSInternalServerError", "Internal server error."}
	}
	body, err := proto.Marshal(&pb.Error{Code: &e.code, Message: &e.message})
	if err != nil {
		s.log.Error("encode error", "service", "tablestore", "request_id", id, "error", err)
	}
	respond(w, e.status, body)
}

func respond(w http.ResponseWriter, status int, body []byte) {
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	w.Write(body) // a client that has gone is no error of ours
}
