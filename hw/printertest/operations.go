package printertest

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/OpenPrinting/goipp"
)

// answer carries one operation out. size is how much of a document came;
// answered is false if the line ended instead.
func (p *Printer) answer(w http.ResponseWriter, r *http.Request, req *goipp.Message, body io.Reader, k Knobs) (resp *goipp.Message, size int, answered bool) {
	fail := func(s goipp.Status) (*goipp.Message, int, bool) { return reply(req, s), size, true }
	if status := judge(req, k); status != goipp.StatusOk {
		return fail(status)
	}
	ops := operations(k)
	op := goipp.Op(req.Code)
	if !slices.Contains(ops, op) {
		return fail(goipp.StatusErrorOperationNotSupported)
	}
	format := text(req.Operation, "document-format")
	switch op {
	case goipp.OpValidateJob, goipp.OpPrintJob, goipp.OpSendDocument:
		if format != "" && !slices.Contains(k.formats(), format) {
			return fail(goipp.StatusErrorDocumentFormatNotSupported)
		}
	}
	switch op {
	case goipp.OpGetPrinterAttributes:
		p.mu.Lock()
		defer p.mu.Unlock()
		resp = reply(req, goipp.StatusOk)
		resp.Printer = filter(p.attributes(k, r.Host), req)
		return resp, 0, true
	case goipp.OpValidateJob:
		if status := p.admits(k, false); status != goipp.StatusOk {
			return fail(status)
		}
		return fail(goipp.StatusOk)
	case goipp.OpCreateJob:
		return p.createJob(req, k), 0, true
	case goipp.OpPrintJob, goipp.OpSendDocument:
		return p.document(w, r, req, body, k, format)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if op == goipp.OpGetJobs {
		resp = reply(req, goipp.StatusOk)
		over := text(req.Operation, "which-jobs") == "completed"
		for _, j := range p.jobs {
			if j.Over() == over && j.ID != 0 {
				resp.Groups.Add(goipp.Group{Tag: goipp.TagJobGroup, Attrs: p.jobAttributes(j, r.Host)})
			}
		}
		return resp, 0, true
	}
	j := p.find(number(req.Operation, "job-id"))
	switch {
	case j == nil, k.Forget && j.Format != "":
		return fail(goipp.StatusErrorNotFound)
	case op == goipp.OpCancelJob:
		if !p.cancel(j) {
			return fail(goipp.StatusErrorNotPossible)
		}
		return fail(goipp.StatusOk)
	}
	resp = reply(req, goipp.StatusOk)
	if k.Reuse && j.Format != "" {
		other := &Job{ID: j.ID, Name: "somebody else's", User: "another", State: completed, Reasons: []string{"job-completed-successfully"},
			Done: 1, uuid: uuid(), created: j.created + 1}
		resp.Job = filter(p.jobAttributes(other, r.Host), req)
		return resp, 0, true
	}
	resp.Job = filter(p.jobAttributes(j, r.Host), req)
	return resp, 0, true
}

// judge holds a request to what RFC 8011 §4.1 demands of every client.
func judge(req *goipp.Message, k Knobs) goipp.Status {
	major := req.Version.Major()
	op := req.Operation
	switch {
	case major != 1 && major != 2, k.OldIPP && major != 1:
		return goipp.StatusErrorVersionNotSupported
	case req.RequestID == 0, len(op) < 3, op[0].Name != "attributes-charset", op[1].Name != "attributes-natural-language":
		return goipp.StatusErrorBadRequest
	case text(op, "attributes-charset") != "utf-8":
		return goipp.StatusErrorCharset
	case !strings.HasPrefix(text(op, "printer-uri"), "ipp://") && !strings.HasPrefix(text(op, "printer-uri"), "ipps://"),
		!strings.HasSuffix(text(op, "printer-uri"), Path):
		return goipp.StatusErrorBadRequest
	case len(text(op, "job-name")) > 255, len(text(op, "requesting-user-name")) > 255:
		return goipp.StatusErrorRequestValue
	}
	return goipp.StatusOk
}

// admits says whether a job would be taken now; with count the refusal is one
// of those to be made.
func (p *Printer) admits(k Knobs, count bool) goipp.Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case k.Refusing:
		return goipp.StatusErrorNotAcceptingJobs
	case !count:
		return goipp.StatusOk
	case p.knobs.Busy != 0:
		p.knobs.Busy = max(p.knobs.Busy-1, -1)
		return goipp.StatusErrorBusy
	case p.active() != nil:
		return goipp.StatusErrorBusy
	}
	return goipp.StatusOk
}

func (p *Printer) createJob(req *goipp.Message, k Knobs) *goipp.Message {
	if status := p.admits(k, true); status != goipp.StatusOk {
		return reply(req, status)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.create(text(req.Operation, "job-name"), text(req.Operation, "requesting-user-name"), number(req.Job, "copies"))
	resp := reply(req, goipp.StatusOk)
	resp.Job = brief(p.jobAttributes(j, ""))
	return resp
}

// document takes Print-Job and Send-Document.
func (p *Printer) document(w http.ResponseWriter, r *http.Request, req *goipp.Message, body io.Reader, k Knobs, format string) (resp *goipp.Message, size int, answered bool) {
	var j *Job
	if goipp.Op(req.Code) == goipp.OpSendDocument {
		p.mu.Lock()
		j = p.find(number(req.Operation, "job-id"))
		fits := j != nil && j.State == pending && j.Format == ""
		p.mu.Unlock()
		switch {
		case j == nil:
			return reply(req, goipp.StatusErrorNotFound), 0, true
		case !fits || !flag(req.Operation, "last-document"):
			return reply(req, goipp.StatusErrorNotPossible), 0, true
		}
	} else if status := p.admits(k, true); status != goipp.StatusOk {
		return reply(req, status), 0, true
	}
	doc, cut := document(w, r, body, k)
	if cut {
		p.mu.Lock()
		defer p.mu.Unlock()
		if j != nil && !j.Over() {
			j.State, j.Reasons, j.Fault = aborted, []string{"aborted-by-system", "submission-interrupted"}, "cut off"
			p.tell()
		}
		return nil, len(doc), false
	}
	pages, count, err := read(doc, format)
	p.mu.Lock()
	defer p.mu.Unlock()
	if j == nil {
		j = p.create(text(req.Operation, "job-name"), text(req.Operation, "requesting-user-name"), number(req.Job, "copies"))
	}
	if j.Over() { // cancelled meanwhile
		return reply(req, goipp.StatusErrorJobCanceled), len(doc), true
	}
	if err != nil {
		j.State, j.Reasons, j.Fault = aborted, []string{"aborted-by-system", "document-format-error"}, err.Error()
		j.Format, j.Document, j.Pages = format, doc, pages
		p.tell()
		return reply(req, goipp.StatusErrorDocumentFormatError), len(doc), true
	}
	p.take(j, format, doc, pages, count)
	resp = reply(req, goipp.StatusOk)
	resp.Job = brief(p.jobAttributes(j, ""))
	return resp, len(doc), true
}

// read looks into a document.
func read(doc []byte, format string) (pages []Page, count int, err error) {
	if format == formatRaster || bytes.HasPrefix(doc, []byte("RaS2")) {
		pages, err = DecodeRaster(bytes.NewReader(doc))
		return pages, len(pages), err
	}
	if !bytes.HasPrefix(doc, []byte("%PDF-")) {
		return nil, 0, errNotPDF
	}
	return nil, pdfPages(doc), nil
}

// pdfPages counts the pages of a PDF whose page objects stand in the open; of
// one that hides them in object streams it says 1.
func pdfPages(doc []byte) int {
	n := 0
	for {
		_, rest, found := bytes.Cut(doc, []byte("/Type"))
		if !found {
			return max(n, 1)
		}
		doc = bytes.TrimLeft(rest[:min(len(rest), 20)], " \t\r\n")
		if name, is := bytes.CutPrefix(doc, []byte("/Page")); is && !bytes.HasPrefix(name, []byte("s")) {
			n++
		}
		doc = rest
	}
}
