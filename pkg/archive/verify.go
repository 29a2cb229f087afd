package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// check reads every file that the index names.
func (r *Reader) check() error {
	ends := make(map[string]*registry.Event) // the last events, by the audit's file
	var counts Counts
	audits, before := 0, ""
	for _, f := range r.Index.Files {
		if !lineFileForm.MatchString(f.Name) || f.Name <= before {
			return bad(indexFile, "it names %.200q, which can't be there, or not there", f.Name)
		}
		before = f.Name
		if f.Name == reservedFile {
			if err := r.checkReserved(f); err != nil {
				return err
			}
			continue
		}
		if strings.HasPrefix(f.Name, audit) {
			audits++
			continue
		}
		subject, j, err := r.checkRecord(f, &counts)
		if err != nil {
			return err
		}
		ends[auditFile(subject)] = j.Event
	}
	if err := r.checkAudits(ends, &counts); err != nil {
		return err
	}
	if audits != len(ends) {
		return bad(indexFile, "it names %d files of the audit, and %d of packages and organizations", audits, len(ends))
	}
	counts.ZIPs, counts.Bytes = r.Index.ZIPs, r.Index.Bytes
	if counts != r.Index.Counts {
		return bad(indexFile, "it counts %+v, but there are %+v", r.Index.Counts, counts)
	}
	return nil
}

// checkReserved reads the file of reserved names.
func (r *Reader) checkReserved(f File) error {
	return r.checkFile(f, func(n int, text []byte) error {
		var patterns []string
		if err := decode(text, &patterns); err != nil {
			return err
		}
		return errors.Join(checkReserved(patterns), single(n))
	})
}

// checkAudits reads the audits: each must belong to a record, and end with the
// record's own event.
func (r *Reader) checkAudits(ends map[string]*registry.Event, counts *Counts) error {
	for _, f := range r.Index.Files {
		if !strings.HasPrefix(f.Name, audit) {
			continue
		}
		end, ok := ends[f.Name]
		if !ok {
			return bad(f.Name, "there is nothing whose audit this is")
		}
		if err := r.checkAudit(f, end, counts); err != nil {
			return err
		}
	}
	return nil
}

// checkRecord reads the file of a package or organization.
func (r *Reader) checkRecord(f File, counts *Counts) (subject string, j registry.Journal, err error) {
	if strings.HasPrefix(f.Name, organizations) {
		err = r.checkFile(f, func(n int, text []byte) error {
			var g groupRecord
			if err := decode(text, &g); err != nil {
				return err
			}
			counts.Organizations++
			subject, j = registry.GroupSubject(g.Name), g.record()
			_, err := g.group()
			return errors.Join(err, g.check(), own(f.Name, groupFile(g.Name)), single(n))
		})
		return subject, j, err
	}
	var head packageRecord
	var before registry.Version
	err = r.checkFile(f, func(n int, text []byte) error {
		if n > 1 {
			before, err = checkRelease(text, before, counts)
			return err
		}
		if err := decode(text, &head); err != nil {
			return err
		}
		counts.Packages++
		return errors.Join(head.check(), own(f.Name, packageFile(head.Name)))
	})
	return registry.PackageSubject(head.Name), head.record(), err
}

func own(name, wanted string) error {
	if name != wanted {
		return fmt.Errorf("what it holds belongs into %s", wanted)
	}
	return nil
}

func single(n int) error {
	if n > 1 {
		return errors.New("it has a second line")
	}
	return nil
}

func checkRelease(text []byte, before registry.Version, counts *Counts) (registry.Version, error) {
	var record releaseRecord
	if err := decode(text, &record); err != nil {
		return before, err
	}
	if record.Deleted {
		counts.Deleted++
	} else {
		counts.Releases++
	}
	return record.check(before)
}

func (r *Reader) checkAudit(f File, end *registry.Event, counts *Counts) error {
	if end == nil {
		end = &registry.Event{}
	}
	var last registry.Event
	err := r.checkFile(f, func(_ int, text []byte) error {
		var e registry.Event
		if err := decode(text, &e); err != nil {
			return err
		}
		counts.Events++
		err := checkEvent(e, end.Subject, last.Seq)
		last = e
		return err
	})
	if err == nil && last != *end {
		return bad(f.Name, "its last event is not the one that stands in the record")
	}
	return err
}

// checkFile reads a file to its end, line by line, and compares its checksum.
func (r *Reader) checkFile(f File, line func(n int, text []byte) error) error {
	file, size, err := r.files.open(f.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return bad(f.Name, "it is missing")
	}
	if err != nil {
		return err
	}
	defer file.Close()
	if size != f.Size || size > maxFile {
		return bad(f.Name, "it has %d bytes, and not %d: it was cut or altered", size, f.Size)
	}
	sum := sha256.New()
	n := 0
	var wrong error
	for text, err := range lines(io.TeeReader(file, sum)) {
		if n++; wrong == nil {
			wrong = err
		}
		if wrong == nil {
			wrong = line(n, bytes.Clone(text))
		}
		if wrong != nil {
			break
		}
	}
	if _, err := io.Copy(sum, file); err != nil {
		return bad(f.Name, "%w", err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		return bad(f.Name, "its SHA-256 is not that of the index: it was cut or altered")
	}
	if wrong != nil {
		return bad(f.Name, "line %d: %w", n, wrong)
	}
	if n == 0 && !strings.HasPrefix(f.Name, audit) {
		return bad(f.Name, "it is empty")
	}
	return nil
}
