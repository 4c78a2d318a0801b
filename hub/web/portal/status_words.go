package portal

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/journey"
	"zhunkao/hub/paper"
	"zhunkao/hub/payment/ending"
	"zhunkao/hub/web/page"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
)

// terms puts codes and keys into the words of one visit.
type terms struct {
	pages *pages.Pages
	lang  pages.Lang
	camp  rules.Campaign
}

func (s *server) terms(v *visit, camp rules.Campaign) terms { return terms{s.pages, v.lang, camp} }

func (w terms) t(key string, args ...any) string { return w.pages.Text(w.lang, key, args...) }

func (w terms) moment(t time.Time) string { return pages.Moment(w.lang, t) }

// clock is a moment that has been, to the minute.
func (w terms) clock(t time.Time) string {
	return pages.Day(w.lang, t) + page.Local(t, " 15:04")
}

// first gives the first key that there are words for.
func (w terms) first(keys ...string) string {
	for _, k := range keys {
		if w.pages.Has(k) {
			return k
		}
	}
	return keys[len(keys)-1]
}

// label names a field of the form.
func (w terms) label(key string) string {
	f, ok := w.camp.Form.Field(key)
	if !ok {
		return key
	}
	return label(w.lang, f)
}

// numberlike finds what could be somebody's ID number: masked wherever it stands (S35).
var numberlike = regexp.MustCompile(`\d{17}[\dXx]`)

// value shows the value of a field: a code by its name, a number masked.
func (w terms) value(key, v string) string {
	f, _ := w.camp.Form.Field(key)
	switch {
	case v == "":
		return ""
	case f.Kind == form.KindCode && f.Table != "":
		return w.camp.TableName(f.Table, v)
	case f.Kind == form.KindDate && len(v) == 8:
		return v[:4] + "-" + v[4:6] + "-" + v[6:]
	case f.Kind == form.KindDivision:
		return w.camp.TableName("division", v)
	case f.Kind == form.KindPhone:
		return identity.MaskPhone(v)
	case f.Kind == form.KindDocument, key == form.DocumentNumber, key == form.Diploma, key == form.Licence, numberlike.MatchString(v):
		return identity.MaskNumber(v)
	}
	return v
}

// mine are the facts she looks for first.
func (w terms) mine(st *standing) (out []pages.Fact) {
	add := func(label, value string, number bool) {
		if value != "" {
			out = append(out, pages.Fact{Label: label, Value: value, Number: number})
		}
	}
	in := w.camp.InWords(st.app)
	add(w.t("sheet.number"), sheet.Grouped(in.Number), true)
	add(w.label(form.DocumentNumber), w.value(form.DocumentNumber, st.app.Get(form.DocumentNumber)), true)
	for _, c := range in.Choices {
		if categoryOnly(w.camp) {
			add(w.t("choices.one"), c.Level+" "+name(c.Category), false)
			continue
		}
		add(w.t("status.mine.choice", w.ordinal(c.Order)), name(c.School)+" "+name(c.Major), false)
	}
	add(w.t("status.mine.bonus"), strings.Join(in.Bonuses, w.t("status.and")), false)
	add(w.t("status.mine.exemption"), strings.Join(in.Exemptions, w.t("status.and")), false)
	add(w.t("status.mine.point"), st.point.Name, false)
	add(w.t("status.mine.where"), st.point.Address, false)
	add(w.t("status.mine.hours"), st.hours, false)
	add(w.t("status.mine.call"), st.point.Phone, true)
	return out
}

// name leaves the code before a name out: "0104 湖南师范大学".
func name(text string) string {
	if code, rest, ok := strings.Cut(text, " "); ok && rest != "" && strings.Trim(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return rest
	}
	return text
}

func (w terms) ordinal(n int) string {
	names := strings.Fields(w.t("status.ordinals"))
	if n >= 1 && n <= len(names) {
		return names[n-1]
	}
	return strconv.Itoa(n)
}

// void reports whether the list of the end was signed with her on it (A41), and not taken back.
func (st *standing) void() bool { return st.end != nil && st.end.Standing == ending.Void }

// goes is where each thing is done.
var goes = map[journey.Do]string{
	journey.SignUp: "/ks/sign-up", journey.Sign: "/ks/notices", journey.Send: "/ks/review",
	journey.Choose: "/ks/point", journey.Go: "/ks/point", journey.PayFee: "/ks/pay", journey.Print: "/ks/ticket",
}

// next fills in heading, lead and the box with the one thing to do. complete is
// where she goes on filling in.
func (w terms) next(out *pages.Status, stages []journey.Stage, st *standing, now time.Time, complete string) {
	todo, some := journey.Next(stages)
	head, args := "status.over", []any(nil)
	switch {
	case some && todo.State == journey.Ahead:
		head, args = "status.ahead", []any{w.t("status.stage." + string(todo.Key))}
	case some:
		stem := "status." + string(todo.State) + "." + string(todo.Key)
		head = w.first(stem+"."+string(todo.Why), stem)
	}
	if st.void() { // whatever the dates say by now: nothing is hers to do here
		head, args, some = "status.void", nil, false
	}
	out.Head = w.t(head)
	if who := st.app.Name(); who != "" {
		out.Head = w.t("status.name", string(who), out.Head)
	}
	out.Pay = st.paying && st.stands()
	out.Ticket = st.arranged != 0
	lead := w.first(head+".lead", "status.lost.lead")
	if head == "status.now.pay" && !w.camp.Policy.ConfirmUnpaid {
		lead = "status.now.pay.point.lead" // the fee comes before the signature
	}
	out.Lead = w.t(lead, args...)
	if some {
		out.Next = w.box(todo, now, complete)
	}
}

// box is the deadline, what is lost without it, and where to go.
func (w terms) box(todo journey.Stage, now time.Time, complete string) *pages.StatusNext {
	key := string(todo.Key)
	box := &pages.StatusNext{Class: "must", Path: goes[todo.Do]}
	if todo.Do == journey.Complete {
		box.Path = complete
	}
	if box.Path != "" {
		box.Button = w.t("status.go." + string(todo.Do))
	}
	switch {
	case todo.State == journey.Lost:
		box.Head = w.t("status.was", w.moment(todo.By))
		if todo.By.IsZero() {
			box.Head = w.t("status.lost.lead")
		}
		if todo.Key == journey.Confirm {
			box.Text = w.t("status.lost.call", w.county())
		} else {
			box.Text = w.t("status.lost.ask", w.county())
		}
	case todo.State == journey.Ahead, todo.Do == journey.Wait && todo.Why != journey.Pausing:
		return w.restful(todo, now)
	case todo.Why == journey.Opens:
		box.Class, box.Head, box.Text = "wait", w.t("status.opens", w.clock(todo.From)), w.t("status.opens.text", w.moment(todo.By))
		box.More = append(box.More, w.lose(key)...)
		if todo.Do == journey.Go {
			break
		}
		box.Path, box.Button = "", ""
	case todo.Why == journey.Pausing:
		box.Class, box.Head = "wait", w.t("status.wait")
		if !todo.From.IsZero() {
			box.Text = w.t("status.resumes", w.clock(todo.From))
		}
	case todo.Why == journey.Returned:
		box.Class, box.Head, box.Text = "wait", w.t("status.returned"), w.t("status.returned.text")
		if todo.Do == journey.Ask {
			box.Text = w.t("status.returned.ask", w.county())
		} else if !todo.By.IsZero() {
			box.More = append(box.More, w.t("status.line.by", w.moment(todo.By)))
		}
	case todo.By.IsZero():
		box.Class, box.Head, box.Text = "wait", w.t("status.noday"), w.t(chosen(w.camp, "status.noday.text"))
	case todo.Why == journey.Unchosen && !todo.From.IsZero():
		box.Class, box.Head, box.Text = "wait", w.t("status.opens", w.clock(todo.From)), w.t("status.opens.text", w.moment(todo.By))
		box.Path, box.Button = "", ""
	default:
		box.Head = w.t("status.by", w.moment(todo.By), w.t("status.act."+key), w.left(todo.By.Sub(now)))
		box.Text = strings.Join(w.lose(key), "")
		if !todo.Until.IsZero() && todo.Until.Before(todo.By) {
			box.More = append(box.More, w.t("status.until", w.moment(todo.Until)))
		}
		if todo.Key == journey.Confirm && todo.Why == "" {
			box.More = append(box.More, w.t("status.justdone"))
		}
	}
	return box
}

func (w terms) lose(key string) []string {
	if k := "status.lose." + key; w.pages.Has(k) {
		return []string{w.t(k)}
	}
	return nil
}

// restful is the box when nothing is hers to do.
func (w terms) restful(todo journey.Stage, now time.Time) *pages.StatusNext {
	box := &pages.StatusNext{Class: "done", Head: w.t("status.wait"), Text: w.t("status.wait.text")}
	if todo.State == journey.Now && (todo.Why == journey.Disputed || todo.Why == journey.Unjudged) {
		box.Class = "wait"
		return box
	}
	if when := w.span(todo, now); when != "" {
		box.Head, box.Text = w.t("status.rest", w.t("status.stage."+string(todo.Key))), w.t("status.rest.text", when)
	}
	return box
}

func (w terms) county() string {
	if phone := w.camp.Text("helpline", w.lang == pages.En); phone != "" {
		return phone
	}
	return w.t("status.lost.county")
}

// left says how long there is still time, so that nobody has to reckon.
func (w terms) left(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d >= 24*time.Hour:
		return w.t("status.left.days", int(d/(24*time.Hour)), int(d%(24*time.Hour)/time.Hour))
	case d >= time.Hour:
		return w.t("status.left.hours", int(d/time.Hour), int(d%time.Hour/time.Minute))
	}
	return w.t("status.left.minutes", int(d/time.Minute))
}

// span is when a stage to come takes place.
func (w terms) span(s journey.Stage, now time.Time) string {
	from, to := s.From, s.By
	switch {
	case !from.IsZero() && !to.IsZero():
		return w.t("status.line.span", pages.Day(w.lang, from), pages.Day(w.lang, to.Add(-time.Second)))
	case to.After(now):
		return w.t("status.line.by", w.moment(to))
	}
	return ""
}

// line draws the stages. What she did on the web is one step as soon as it is
// behind her.
func (w terms) line(stages []journey.Stage, st *standing, now time.Time) (out []pages.StatusStage) {
	i := slices.IndexFunc(stages, func(s journey.Stage) bool { return s.Key == journey.Submit })
	if i >= 0 && stages[i].State == journey.Done {
		out = append(out, pages.StatusStage{Class: "done", Name: w.t("status.stage.online"), Texts: w.submitted(stages[i], st)})
		stages = stages[i+1:]
	}
	for _, s := range stages {
		out = append(out, w.stage(s, st, now))
	}
	for i := range out {
		out[i].Number = i + 1
	}
	return out
}

func (w terms) submitted(s journey.Stage, st *standing) []string {
	first := st.app.First()
	texts := []string{w.t("status.line.submitted", w.clock(s.At))}
	if first.Level != "" && categoryOnly(w.camp) {
		texts = append(texts, levelName(w.camp, w.lang, first.Level)+" "+w.camp.TableName("category", first.Category))
	} else if first.Level != "" {
		texts = append(texts, w.t("status.line.choices", levelName(w.camp, w.lang, first.Level), len(st.app.Choices)))
	}
	return texts
}

func (w terms) stage(s journey.Stage, st *standing, now time.Time) pages.StatusStage {
	out := pages.StatusStage{Name: w.t("status.stage." + string(s.Key))}
	add := func(text string) {
		if text != "" {
			out.Texts = append(out.Texts, text)
		}
	}
	badge := func(tint, key string) { out.Tint, out.Badge = tint, w.t("status.badge."+key) }
	switch s.State {
	case journey.Done:
		out.Class = "done"
		w.done(s, st, add)
		if s.Why == journey.Reviewed {
			badge("wait", string(s.Why))
			if add(w.t("status.line.provisional")); !s.By.IsZero() {
				add(w.t("status.line.provisional.by", w.moment(s.By)))
			}
		}
		return out
	case journey.Lost:
		out.Class = "must"
		badge("must", "lost")
		if !s.By.IsZero() {
			add(w.t("status.was", w.moment(s.By)))
		}
		return out
	case journey.Off:
		out.Class = "off"
		badge("open", string(s.Why))
		if s.Why == journey.NotInUse {
			add(w.t("status.line.pay.off"))
		}
		return out
	case journey.Now:
		out.Class = "wait"
		switch {
		case w.pages.Has("status.badge." + string(s.Why)):
			badge("wait", string(s.Why))
		case s.Do == journey.Wait:
			badge("wait", "wait")
		default:
			badge("wait", "hers")
		}
		if s.Why == journey.Disputed || s.Why == journey.Unjudged {
			w.records(st, add)
			return out
		}
	}
	w.ahead(s, now, add)
	return out
}

// done says when and where.
func (w terms) done(s journey.Stage, st *standing, add func(string)) {
	switch {
	case s.Key == journey.Confirm:
		w.records(st, add)
		add(w.t("status.line.confirmed"))
	case s.Key == journey.Receive && !s.At.IsZero():
		add(w.t("status.line.received", w.clock(s.At)))
	case !s.At.IsZero():
		add(w.clock(s.At))
	}
}

// records name each confirmation by time and place.
func (w terms) records(st *standing, add func(string)) {
	for _, r := range st.records {
		if !r.State.Stands() || st.confirmed() && r.State != confirmation.InForce && slices.ContainsFunc(st.records, func(o confirmation.Record) bool { return o.State == confirmation.InForce }) {
			continue
		}
		add(w.t("status.line.record", w.clock(paper.SealedAt(r)), st.placeName(r.Point)))
	}
}

func (w terms) ahead(s journey.Stage, now time.Time, add func(string)) {
	switch {
	case s.Why == journey.Late:
		add(w.t("status.line.late"))
	case s.Key == journey.Receive:
		add(w.t("status.line.receive"))
	case s.Key == journey.Pledge || s.Key == journey.Fill: // one day is said once, at what it is the day of
	case s.Must && s.By.After(now):
		add(w.t("status.line.by", w.moment(s.By)))
	default:
		add(w.span(s, now))
	}
	switch s.Key {
	case journey.Arrange:
		add(w.t("status.line.office"))
	case journey.Ticket:
		add(w.t("status.line.here"))
	}
}

// beside are the things to know that are not the next step.
func (w terms) beside(stages []journey.Stage, st *standing) (out []pages.StatusNotice) {
	add := func(class, key, path string) {
		n := pages.StatusNotice{Class: class, Head: w.t(key), Text: w.t(key + ".text"), Path: path}
		if path != "" {
			n.Link = w.t(key + ".link")
		}
		out = append(out, n)
	}
	if st.exists() && !st.stands() {
		add("wait", "status.notice.withdrawn", "")
		return out
	}
	switch {
	case st.results.Admission != nil:
		add("done", "status.notice.admission", "/ks/results")
	case st.results.Scores != nil:
		add("done", "status.notice.scores", "/ks/results")
	}
	if st.void() {
		out = append(out, pages.StatusNotice{Class: "must", Head: w.t("status.notice.void"), Text: w.t("status.notice.void.text", w.county())})
	} else if st.end != nil {
		out = append(out, pages.StatusNotice{Class: "must", Head: w.t("status.notice.ending", w.moment(moment(st.object))), Text: w.t("status.notice.ending.text", w.county())})
	}
	for _, s := range stages {
		switch {
		case s.Why == journey.Edited:
			add("wait", "status.notice.edited", "/ks/review")
		case s.Why == journey.Reviewed:
			add("wait", st.underReview(), "")
		case s.Why == journey.NotInUse && st.confirmed():
			add("wait", "status.notice.pay", "")
		}
	}
	superseded, box := false, false
	for _, e := range st.editions {
		superseded = superseded || e.Superseded
		box = box || e.Origin == candidate.FromBox && !e.Superseded
	}
	switch {
	case superseded:
		add("wait", "status.notice.superseded", "/ks/differences")
	case box:
		add("wait", "status.notice.box", "/ks/differences")
	}
	for _, r := range st.records {
		if slices.ContainsFunc(r.Checks, func(c confirmation.Check) bool {
			return c.Name == confirmation.CheckSettled && c.Result != confirmation.Pass
		}) {
			add("wait", "status.notice.clerk", "")
			break
		}
	}
	return out
}

// spansOf cuts a text where it differs.
func spansOf(text string, marks []form.Range) (out []pages.Span) {
	runes, at := []rune(text), 0
	for _, m := range marks {
		if m.From > at {
			out = append(out, pages.Span{Text: string(runes[at:m.From])})
		}
		out = append(out, pages.Span{Text: string(runes[m.From:m.To]), Differs: true})
		at = m.To
	}
	if at < len(runes) {
		out = append(out, pages.Span{Text: string(runes[at:])})
	}
	return out
}
