package door

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// Files is a form whose files are read as they come: they are held neither in
// memory nor in a file of their own. The fields that count stand before the
// first file.
type Files struct {
	parts *multipart.Reader
	body  *arriving
	next  *multipart.Part // a file that nobody has read yet
	field map[string]string

	broken error // why it could not be read to its end
}

const (
	// fieldBytes bounds what stands before the first file, borders and all.
	fieldBytes = 1 << 20
	// arrivesWithin is how long nothing may come: the file's size says how long
	// the whole may take.
	arrivesWithin = 30 * time.Second
	// settlesWithin is how long may pass from the last byte to the answer, and
	// answersWithin how long that may take to leave.
	settlesWithin = 10 * time.Minute
	answersWithin = 30 * time.Second
)

// OpenFiles judges a POST of at most most bytes as ReadForm does, and reads
// nothing of it yet.
func OpenFiles(c *gin.Context, origin *http.CrossOriginProtection, most int64) (*Files, *Refusal) {
	if err := origin.Check(c.Request); err != nil {
		return nil, &Forbidden
	}
	if !formType(c, "multipart/form-data") {
		return nil, &Bad
	}
	body := &arriving{r: http.MaxBytesReader(c.Writer, c.Request.Body, most), rc: http.NewResponseController(c.Writer), left: fieldBytes}
	c.Request.Body = body
	parts, err := c.Request.MultipartReader()
	if err != nil {
		return nil, &Bad
	}
	return &Files{parts: parts, body: body, field: map[string]string{}}, nil
}

// Fields reads up to the first file.
func (f *Files) Fields() *Refusal {
	for {
		part, err := f.parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return f.why(err)
		}
		if part.FileName() != "" {
			f.next, f.body.left = part, -1
			return nil
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return f.why(err)
		}
		if _, twice := f.field[part.FormName()]; !twice {
			f.field[part.FormName()] = string(value)
		}
	}
}

// Field gives a field that stood before the first file, "" for none.
func (f *Files) Field(name string) string { return f.field[name] }

// Next gives the next file; what was not read of the one before is passed over.
// io.EOF when there is none.
func (f *Files) Next() (io.Reader, error) {
	part := f.next
	f.next = nil
	for part == nil || part.FileName() == "" {
		var err error
		if part, err = f.parts.NextPart(); err != nil {
			return nil, f.broke(err)
		}
	}
	return file{f, part}, nil
}

// file is one file of a form.
type file struct {
	form *Files
	part *multipart.Part
}

func (x file) Read(p []byte) (int, error) {
	n, err := x.part.Read(p)
	return n, x.form.broke(err)
}

// broke remembers why a form ended before its end.
func (f *Files) broke(err error) error {
	if err != nil && !errors.Is(err, io.EOF) && f.broken == nil {
		f.broken = err
	}
	return err
}

// Broken tells why the form itself could not be read to its end, nil if it
// could, whatever its files hold.
func (f *Files) Broken() *Refusal {
	if f.broken == nil {
		return nil
	}
	return f.why(f.broken)
}

func (f *Files) why(err error) *Refusal {
	var large *http.MaxBytesError
	if errors.As(err, &large) || errors.Is(err, errFields) {
		return &TooLarge
	}
	return &Bad
}

var errFields = errors.New("door: too much before the first file")

// arriving is a body that may take its time as long as something comes.
type arriving struct {
	r    io.ReadCloser
	rc   *http.ResponseController
	left int64 // until the first file; negative: there it is
	end  bool  // it has come whole
}

// Read moves both deadlines on. Between two reads there is none for reading: who
// reads may have to wait for the disk, and on HTTP/2 the passing of a deadline
// ends the body even then; on HTTP/1 the server listens behind the end of the
// body, and would take it for the end of the connection.
func (a *arriving) Read(p []byte) (int, error) {
	now := time.Now()
	if err := a.until(now.Add(arrivesWithin), now.Add(settlesWithin)); err != nil {
		return 0, err
	}
	if a.left == 0 {
		return 0, errFields
	}
	if a.left > 0 {
		p = p[:min(int64(len(p)), a.left)]
	}
	n, err := a.r.Read(p)
	if a.left > 0 {
		a.left -= int64(n)
	}
	a.end = a.end || errors.Is(err, io.EOF)
	if e := a.until(time.Time{}, time.Now().Add(settlesWithin)); e != nil && err == nil {
		err = e
	}
	return n, err
}

func (a *arriving) until(read, write time.Time) error {
	for _, err := range []error{a.rc.SetReadDeadline(read), a.rc.SetWriteDeadline(write)} {
		if err != nil && !errors.Is(err, http.ErrNotSupported) { // a recorder has none
			return err
		}
	}
	return nil
}

// Close is for the server.
func (a *arriving) Close() error { return a.r.Close() }

// Rest lets the form wait before it is read on.
func (f *Files) Rest() error {
	return f.body.until(time.Time{}, time.Now().Add(settlesWithin))
}

// Answer gives the answer its time, however long the files took, and bounds what
// the server still reads of a form that is not wanted to its end.
func (f *Files) Answer() {
	now, read := time.Now(), time.Time{}
	if !f.body.end {
		read = now.Add(arrivesWithin)
	}
	_ = f.body.until(read, now.Add(answersWithin)) // a connection that is gone needs none
}
