package statement

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// maxPacked is how large what the file-transfer service answers may be, and what
// it is inflated to: an archive of one day.
const maxPacked = 256 << 20

// errLarge says that something unpacks to more than it may.
var errLarge = errors.New("statement: too large when unpacked")

// unpack undoes what UnionPay's file-transfer service did to its archive: zip, in
// deflate, in base64 (domain §4.4), in the parameter fileContent of the answer.
// It gives the archive and the name that the answer has for it; no archive when the
// file is none of that.
func unpack(src Source) (archive []byte, name string, err error) {
	head := make([]byte, 4096)
	n, err := src.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", readError(err)
	}
	head = head[:n]
	packed := isZip(head)
	answered := bytes.Contains(head, []byte("fileContent=")) || bytes.Contains(head, []byte("respCode="))
	if !packed && !answered && !looksBase64(head) {
		return nil, "", nil
	}
	if src.Size() > maxPacked {
		return nil, "", errLarge
	}
	all, err := io.ReadAll(io.NewSectionReader(src, 0, src.Size()))
	if err != nil {
		return nil, "", readError(err)
	}
	if packed {
		return all, "", nil
	}
	content := string(all)
	if answered {
		if content, name, err = answer(content); err != nil {
			return nil, "", err
		}
	}
	archive, err = inflate(content)
	return archive, name, err
}

func isZip(b []byte) bool {
	return bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.HasPrefix(b, []byte("PK\x05\x06"))
}

// looksBase64 tells base64 from lines of fixed length, which have blanks in them.
func looksBase64(head []byte) bool {
	for _, c := range bytes.TrimSpace(head) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '+', c == '/', c == '=', c == '\r', c == '\n':
		default:
			return false
		}
	}
	return true
}

// answer reads the form-like answer: key=value&…, where values are escaped or not.
func answer(s string) (content, name string, err error) {
	for _, pair := range strings.Split(strings.TrimSpace(s), "&") {
		k, v, _ := strings.Cut(pair, "=")
		if strings.Contains(v, "%") {
			if u, err := url.PathUnescape(v); err == nil { // a plus is a plus of base64
				v = u
			}
		}
		switch k {
		case "fileContent":
			content = v
		case "fileName":
			name = v
		}
	}
	if content == "" {
		return "", "", fmt.Errorf("%w: no fileContent", errPack)
	}
	return content, name, nil
}

// inflate undoes base64 and deflate, with the header of zlib or without.
func inflate(content string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(content), ""))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPack, err)
	}
	if isZip(raw) {
		return raw, nil
	}
	var r io.Reader
	if r, err = zlib.NewReader(bytes.NewReader(raw)); err != nil {
		r = flate.NewReader(bytes.NewReader(raw))
	}
	out, err := io.ReadAll(io.LimitReader(r, maxPacked+1))
	switch {
	case len(out) > maxPacked:
		return nil, errLarge
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errPack, err)
	}
	return out, nil
}

// member reads one file of an archive. A broken archive is a fault of the file.
func (b *book) member(e *zip.File, read func(io.Reader) error) error {
	if e.UncompressedSize64 > MaxSize {
		b.fault(0, TooLarge)
		return nil
	}
	r, err := e.Open()
	if err != nil {
		b.fault(0, BadPack)
		return nil
	}
	defer func() { _ = r.Close() }()
	err = read(packed{r})
	if errors.Is(err, errPack) {
		b.fault(0, BadPack)
		return nil
	}
	return err
}

// errPack says that an archive cannot be read to its end.
var errPack = errors.New("statement: a broken archive")

// packed reads from an archive, whose errors are faults of the file.
type packed struct{ r io.Reader }

func (p packed) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = errors.Join(errPack, err)
	}
	return n, err
}
