package printertest

import (
	"errors"
	"strconv"

	"github.com/OpenPrinting/goipp"
)

var errNotPDF = errors.New("no PDF: it does not begin with %PDF-")

// reply begins an answer.
func reply(req *goipp.Message, status goipp.Status) *goipp.Message {
	version := req.Version
	if v := version.Major(); v != 1 && v != 2 || status == goipp.StatusErrorVersionNotSupported {
		version = goipp.MakeVersion(1, 1)
	}
	m := goipp.NewResponse(version, status, req.RequestID)
	m.Operation.Add(goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttr("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	return m
}

func text(attrs goipp.Attributes, name string) string {
	for _, a := range attrs {
		if s, ok := a.Values[0].V.(goipp.String); ok && a.Name == name {
			return string(s)
		}
	}
	return ""
}

func number(attrs goipp.Attributes, name string) int {
	for _, a := range attrs {
		if n, ok := a.Values[0].V.(goipp.Integer); ok && a.Name == name {
			return int(n)
		}
	}
	return 0
}

func flag(attrs goipp.Attributes, name string) bool {
	for _, a := range attrs {
		if b, ok := a.Values[0].V.(goipp.Boolean); ok && a.Name == name {
			return bool(b)
		}
	}
	return false
}

// filter keeps what was asked for by name; "all" and the names of groups keep
// everything.
func filter(all goipp.Attributes, req *goipp.Message) goipp.Attributes {
	wanted := map[string]bool{}
	for _, a := range req.Operation {
		if a.Name != "requested-attributes" {
			continue
		}
		for _, v := range a.Values {
			wanted[v.V.String()] = true
		}
	}
	if len(wanted) == 0 || wanted["all"] || wanted["printer-description"] || wanted["job-description"] {
		return all
	}
	var out goipp.Attributes
	for _, a := range all {
		if wanted[a.Name] {
			out = append(out, a)
		}
	}
	return out
}

// brief is what the answer to a new job tells of it.
func brief(all goipp.Attributes) goipp.Attributes {
	var out goipp.Attributes
	for _, a := range all {
		switch a.Name {
		case "job-id", "job-uri", "job-state", "job-state-reasons", "job-uuid":
			out = append(out, a)
		}
	}
	return out
}

// sheaf collects attributes.
type sheaf struct{ list goipp.Attributes }

func (s *sheaf) texts(tag goipp.Tag, name string, values ...string) {
	a := goipp.Attribute{Name: name}
	for _, v := range values {
		a.Values.Add(tag, goipp.String(v))
	}
	if len(values) > 0 {
		s.list.Add(a)
	}
}

func (s *sheaf) ints(tag goipp.Tag, name string, values ...int) {
	a := goipp.Attribute{Name: name}
	for _, v := range values {
		a.Values.Add(tag, goipp.Integer(v))
	}
	if len(values) > 0 {
		s.list.Add(a)
	}
}

func (s *sheaf) flag(name string, v bool) {
	s.list.Add(goipp.MakeAttr(name, goipp.TagBoolean, goipp.Boolean(v)))
}

// operations is what the printer can do.
func operations(k Knobs) []goipp.Op {
	ops := []goipp.Op{goipp.OpPrintJob, goipp.OpValidateJob, goipp.OpCancelJob, goipp.OpGetJobAttributes, goipp.OpGetJobs, goipp.OpGetPrinterAttributes}
	if !k.NoCreate {
		ops = append(ops, goipp.OpCreateJob, goipp.OpSendDocument)
	}
	return ops
}

// attributes describes the printer. Called with the lock held.
func (p *Printer) attributes(k Knobs, host string) goipp.Attributes {
	var s sheaf
	state, message := 3, "Idle."
	active := p.active()
	if active != nil && active.State == processing {
		state, message = 4, "Printing."
	}
	if k.holds() {
		state, message = 5, "Stopped."
	}
	uri := "ipp://" + host + Path
	s.texts(goipp.TagCharset, "charset-configured", "utf-8")
	s.texts(goipp.TagCharset, "charset-supported", "utf-8")
	s.texts(goipp.TagMimeType, "document-format-default", "application/octet-stream")
	s.texts(goipp.TagMimeType, "document-format-supported", k.formats()...)
	s.texts(goipp.TagKeyword, "ipp-versions-supported", pick(k.OldIPP, []string{"1.1"}, []string{"1.1", "2.0"})...)
	s.texts(goipp.TagName, "printer-name", "emulated")
	s.texts(goipp.TagText, "printer-make-and-model", "Zhunkao emulated printer")
	s.texts(goipp.TagURI, "printer-uri-supported", uri)
	s.texts(goipp.TagURI, "printer-uuid", p.uuid)
	s.ints(goipp.TagEnum, "printer-state", state)
	s.texts(goipp.TagText, "printer-state-message", message)
	s.texts(goipp.TagKeyword, "printer-state-reasons", k.reasons()...)
	s.flag("printer-is-accepting-jobs", !k.Refusing)
	s.ints(goipp.TagInteger, "printer-up-time", p.upTime())
	queued := 0
	if active != nil {
		queued = 1
	}
	s.ints(goipp.TagInteger, "queued-job-count", queued)
	var ops []int
	for _, op := range operations(k) {
		ops = append(ops, int(op))
	}
	s.ints(goipp.TagEnum, "operations-supported", ops...)
	s.list.Add(goipp.MakeAttr("copies-supported", goipp.TagRange, goipp.Range{Lower: 1, Upper: 9}))
	s.texts(goipp.TagKeyword, "media-default", "iso_a4_210x297mm")
	p.sort(&s, k)
	if !k.NoPaper {
		s.texts(goipp.TagKeyword, "media-ready", "iso_a4_210x297mm")
	}
	if k.Format == Both || k.Format == Raster {
		s.texts(goipp.TagKeyword, "pwg-raster-document-type-supported", k.types()...)
		res := goipp.Attribute{Name: "pwg-raster-document-resolution-supported"}
		for _, dpi := range k.dpis() {
			res.Values.Add(goipp.TagResolution, goipp.Resolution{Xres: dpi, Yres: dpi, Units: goipp.UnitsDpi})
		}
		s.list.Add(res)
	}
	toner := 80
	switch {
	case k.TonerEmpty:
		toner = 0
	case k.TonerLow:
		toner = 8
	}
	s.texts(goipp.TagName, "marker-names", "Black Toner")
	s.ints(goipp.TagInteger, "marker-levels", toner)
	s.texts(goipp.TagText, "printer-supply-description", "Black Toner")
	kind := pick(k.Terse, "other", pick(k.Ink, "inkCartridge", "toner"))
	s.list.Add(goipp.MakeAttr("printer-supply", goipp.TagString, goipp.Binary("type="+kind+";maxcapacity=100;level="+strconv.Itoa(toner)+";")))
	return s.list
}

// sort says what sort of printer it is.
func (p *Printer) sort(s *sheaf, k Knobs) {
	if k.PPM > 0 {
		s.ints(goipp.TagInteger, "pages-per-minute", k.PPM)
	}
	if k.Terse {
		return
	}
	media := []string{"iso_a4_210x297mm", "iso_a5_148x210mm"}
	if k.Wide {
		media = append(media, "jis_b4_257x364mm", "iso_a3_297x420mm")
	}
	s.texts(goipp.TagKeyword, "media-supported", media...)
	s.flag("color-supported", k.Colour)
	s.texts(goipp.TagKeyword, "marker-types", pick(k.Ink, "ink-cartridge", "toner-cartridge"))
}

// jobAttributes describes a job. Called with the lock held.
func (p *Printer) jobAttributes(j *Job, host string) goipp.Attributes {
	var s sheaf
	s.ints(goipp.TagInteger, "job-id", j.ID)
	s.texts(goipp.TagURI, "job-uri", "ipp://"+host+Path+"/"+strconv.Itoa(j.ID))
	s.texts(goipp.TagURI, "job-uuid", j.uuid)
	s.texts(goipp.TagName, "job-name", j.Name)
	s.texts(goipp.TagName, "job-originating-user-name", j.User)
	s.ints(goipp.TagEnum, "job-state", j.State)
	s.texts(goipp.TagKeyword, "job-state-reasons", j.Reasons...)
	s.ints(goipp.TagInteger, "time-at-creation", j.created)
	s.ints(goipp.TagInteger, "job-printer-up-time", p.upTime())
	s.ints(goipp.TagInteger, "job-impressions-completed", j.Done)
	s.ints(goipp.TagInteger, "job-media-sheets-completed", j.Done)
	return s.list
}

func pick[T any](on bool, yes, no T) T {
	if on {
		return yes
	}
	return no
}
