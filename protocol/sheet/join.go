package sheet

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ErrJoin is given for bytes that (*Document).PDF has not written: Join reads no
// others.
var ErrJoin = errors.New("sheet: not a file of this program's writer")

// Join writes several files of (*Document).PDF as one, their pages in the order in
// which next gives them; io.EOF ends it. One file is held at a time, so what is bound
// together may be larger than memory. The same files give the same bytes; Printed is
// the time that stands in the file, zero for none.
//
// It is no reader of PDF: it knows the writer of this package, which numbers catalog,
// pages and info 1, 2 and 3 and says the length of each stream. Pictures and fonts are
// not shared between files.
func Join(w io.Writer, title string, printed time.Time, next func() ([]byte, error)) error {
	j := &join{w: w, sum: sha256.New(), offsets: make([]int64, fixedObjects)}
	j.write([]byte(pdfHead))
	for {
		file, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := j.take(file); err != nil {
			return err
		}
	}
	j.object(2, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(j.kids), strings.Join(j.kids, " ")))
	j.object(3, "<</Title "+pdfText(title)+"/Producer(Zhunkao)"+pdfDate(printed)+">>")
	j.object(1, pdfCatalog(2))
	j.trailer()
	return j.err
}

// fixedObjects are those that each file has once: catalog, pages, info.
const fixedObjects = 3

// join is a file being bound together.
type join struct {
	w       io.Writer
	err     error // the writer's, the first
	at      int64
	sum     hash.Hash
	offsets []int64
	kids    []string
}

func (j *join) write(b []byte) {
	if j.err != nil {
		return
	}
	n, err := j.w.Write(b)
	j.sum.Write(b[:n])
	j.at, j.err = j.at+int64(n), err
}

func (j *join) object(id int, body string) {
	j.offsets[id-1] = j.at
	j.write(fmt.Appendf(nil, "%d 0 obj\n%s\nendobj\n", id, body))
}

var (
	joinHead   = regexp.MustCompile(`^(\d+) 0 obj\n`)
	joinRef    = regexp.MustCompile(`(\d+) 0 R`)
	joinLength = regexp.MustCompile(`/Length (\d+)>>stream\n`)
	joinKids   = regexp.MustCompile(`^<</Type/Pages/Count \d+/Kids\[([^\]]*)\]>>$`)
)

// take copies the objects of a file behind those that stand already, with other
// numbers.
func (j *join) take(file []byte) error {
	rest, ok := bytes.CutPrefix(file, []byte(pdfHead))
	if !ok {
		return ErrJoin
	}
	base := len(j.offsets) - fixedObjects
	move := func(ref []byte) []byte {
		n, _ := strconv.Atoi(string(ref[:len(ref)-4])) // digits, by the pattern
		if n > fixedObjects {
			n += base
		}
		return fmt.Appendf(nil, "%d 0 R", n)
	}
	for !bytes.HasPrefix(rest, []byte("xref\n")) {
		head := joinHead.FindSubmatch(rest)
		if head == nil {
			return ErrJoin
		}
		id, err := strconv.Atoi(string(head[1]))
		if err != nil || id < 1 {
			return ErrJoin
		}
		rest = rest[len(head[0]):]
		words, body, err := cutObject(rest)
		if err != nil {
			return err
		}
		rest = rest[len(words)+len(body)+len("\nendobj\n"):]
		if id <= fixedObjects {
			if kids := joinKids.FindSubmatch(words); kids != nil {
				for _, ref := range joinRef.FindAll(kids[1], -1) {
					j.kids = append(j.kids, string(move(ref)))
				}
			}
			continue
		}
		for len(j.offsets) < id+base {
			j.offsets = append(j.offsets, 0)
		}
		j.offsets[id+base-1] = j.at
		j.write(fmt.Appendf(nil, "%d 0 obj\n", id+base))
		j.write(joinRef.ReplaceAllFunc(words, move))
		j.write(body)
		j.write([]byte("\nendobj\n"))
	}
	return j.err
}

// cutObject parts what stands before "endobj" into its words and the bytes of its
// stream, which may hold anything.
func cutObject(rest []byte) (words, body []byte, err error) {
	end := bytes.Index(rest, []byte("\nendobj\n"))
	at := joinLength.FindSubmatchIndex(rest[:min(len(rest), 4096)])
	if at == nil || end >= 0 && end < at[0] {
		if end < 0 {
			return nil, nil, ErrJoin
		}
		return rest[:end], nil, nil
	}
	n, err := strconv.Atoi(string(rest[at[2]:at[3]]))
	stop := at[1] + n + len("\nendstream")
	if err != nil || stop > len(rest) || !bytes.HasPrefix(rest[stop:], []byte("\nendobj\n")) {
		return nil, nil, ErrJoin
	}
	return rest[:at[1]], rest[at[1]:stop], nil
}

func (j *join) trailer() {
	id, start := j.sum.Sum(nil), j.at
	j.write(fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", len(j.offsets)+1))
	for _, at := range j.offsets {
		j.write(fmt.Appendf(nil, "%010d 00000 n \n", at))
	}
	j.write(fmt.Appendf(nil, "trailer\n<</Size %d/Root 1 0 R/Info 3 0 R/ID[<%x><%x>]>>\nstartxref\n%d\n%%%%EOF\n", len(j.offsets)+1, id[:16], id[:16], start))
}
