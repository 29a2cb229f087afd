package oss

import (
	"encoding/xml"
	"net/http"
)

// maxDeleted is the most that one DeleteMultipleObjects takes.
const maxDeleted = 1000

func (s *Service) deleteObject(w http.ResponseWriter, c *call) error {
	if err := s.deleteKeys(c, c.key); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// deleteKeys removes objects, in one transaction; absent ones are not missed.
func (s *Service) deleteKeys(c *call, keys ...string) error {
	var bodies []string
	err := s.catalog.update(c.bucket, c.now, func(sh *shelf) error {
		for _, key := range keys {
			body, err := sh.delete(key)
			if err != nil {
				return err
			}
			bodies = append(bodies, body)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.removeBodies(bodies...)
	return nil
}

type deleteRequest struct {
	XMLName xml.Name `xml:"Delete"`
	Quiet   bool
	Objects []struct{ Key string } `xml:"Object"`
}

type deleteResult struct {
	XMLName      xml.Name     `xml:"DeleteResult"`
	EncodingType string       `xml:",omitempty"`
	Deleted      []deletedKey `xml:"Deleted"`
}

type deletedKey struct{ Key string }

func (s *Service) deleteObjects(w http.ResponseWriter, c *call) error {
	var request deleteRequest
	if err := readXML(c, &request); err != nil {
		return err
	}
	if n := len(request.Objects); n == 0 || n > maxDeleted {
		return malformedXML("The list must have 1 to %d objects, not %d.", maxDeleted, n)
	}
	encode, err := keyEncoder(c.query.Get("encoding-type"))
	if err != nil {
		return err
	}
	keys := make([]string, 0, len(request.Objects))
	result := deleteResult{EncodingType: c.query.Get("encoding-type")}
	for _, o := range request.Objects {
		if o.Key == "" {
			return malformedXML("An object without a key is in the list.")
		}
		if err := checkKey(o.Key); err != nil {
			return err
		}
		keys = append(keys, o.Key)
		result.Deleted = append(result.Deleted, deletedKey{encode(o.Key)})
	}
	if err := s.deleteKeys(c, keys...); err != nil {
		return err
	}
	if request.Quiet {
		w.Header().Set("Content-Length", "0")
		return nil
	}
	return s.writeXML(w, c, result)
}
