package web_test

import (
	"bytes"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/web"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// onStick is a record as a box writes it on its stick.
type onStick struct {
	protocol.Record
	parts map[protocol.Hash][]byte
}

// device is what a box seals with: its key, and how far its chain has come.
type device struct {
	key  *ecdsa.PrivateKey
	seq  uint64
	prev protocol.Hash
}

// sealed is the n-th person's confirmation, as the box seals it; the next of its
// records.
func (w *world) sealed(box string, n int, change ...func(*protocol.Manifest)) onStick {
	w.t.Helper()
	found, _ := w.devices.Load(box)
	dev := found.(*device)
	dev.seq++
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	b, _ := w.fleet.Box(box)
	p, at := w.people[n], protocol.TimeOf(now())
	out := onStick{parts: map[protocol.Hash][]byte{}}
	hand, err := protocol.Encode(protocol.Signature{Width: 800, Height: 300, Strokes: [][]uint16{{1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9}}})
	must(err)
	var refs []protocol.BlobRef
	for _, x := range []struct {
		role, media string
		data        []byte
	}{
		{protocol.RoleChipText, "application/octet-stream", bytes.Repeat([]byte{0x20, 0x00}, 128)},
		{protocol.RoleSignature, "application/cbor", hand},
	} {
		s, err := protocol.SealBlob(protocol.SuiteAES, x.role, x.media, x.data)
		must(err)
		refs, out.parts[s.Ref.Hash] = append(refs, s.Ref), s.Ciphertext
	}
	body := protocol.Confirmation{Application: p.Application, StartedFrom: p.Application.Version, Point: b.Point, Chip: p.Chip,
		Differences: form.Compare(p.Application, p.Chip), Pledge: protocol.HashOf([]byte("pledge")),
		Timeline: []protocol.Event{{Step: protocol.StepCardRead, At: at}, {Step: protocol.StepSealed, At: at}},
		Checks:   []protocol.Check{{Name: protocol.CheckMatch, Result: protocol.Pass}}, Blobs: refs}
	head := protocol.Manifest{ID: protocol.NewID(), Kind: protocol.RecordConfirmation, Box: protocol.BoxID(box), Epoch: b.Epoch,
		Sequence: dev.seq, Previous: dev.prev, Suite: protocol.SuiteAES, Campaign: w.camp.ID, CampaignVersion: w.camp.Version,
		Time: protocol.TimeEvidence{Earliest: at, Latest: at, Source: protocol.SourceHub, HubTime: at, Boot: 1, Verdict: protocol.VerdictOpen}}
	for _, c := range change {
		c(&head)
	}
	out.Record, err = protocol.SealRecord(head, body, refs, w.keys.OpeningKey(), dev.key)
	must(err)
	dev.prev = out.Hash()
	out.parts[out.Manifest.Body.Hash] = out.Body
	return out
}

// stickOf is a file of a stick, by protocol/README, chapter "The stick".
func (w *world) stickOf(box string, records ...onStick) []byte {
	w.t.Helper()
	file, err := protocol.AppendStickFile(nil, protocol.StickFile{Box: protocol.BoxID(box), File: 3})
	for _, r := range records {
		if err == nil {
			file, err = protocol.AppendStickRecord(file, r.Record, r.parts)
		}
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return file
}

// brings sends files in one form, and gives the words of the answer.
func (b *browser) brings(files ...[]byte) (int, string) {
	b.w.t.Helper()
	_, page := b.get("/gl/sticks")
	m := tokenField.FindStringSubmatch(page)
	if m == nil {
		b.w.t.Fatal("the page of sticks has no form")
	}
	var form bytes.Buffer
	border := "zhunkao-test-border"
	fmt.Fprintf(&form, "--%s\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n%s\r\n", border, m[1])
	for i, f := range files {
		fmt.Fprintf(&form, "--%s\r\nContent-Disposition: form-data; name=\"stick\"; filename=\"王小明%d.zkj\"\r\n\r\n%s\r\n", border, i, f)
	}
	fmt.Fprintf(&form, "--%s--\r\n", border)
	r := b.multipart("/gl/sticks", nil, attached{}, "")
	r.Body, r.ContentLength = io.NopCloser(&form), int64(form.Len())
	r.Header.Set("Content-Type", "multipart/form-data; boundary="+border)
	res, body := b.do(r)
	return res.StatusCode, textOf(body)
}

func (w *world) confirmations() (n int) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(w.t.Context(), `SELECT count(*) FROM confirmation`).Scan(&n)
	}); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// holds compares the words of a page.
func holds(t *testing.T, name, text string, want []string, not ...string) {
	t.Helper()
	for _, x := range want {
		if !strings.Contains(text, x) {
			t.Errorf("%s: the page does not say %q: %s", name, x, text)
		}
	}
	for _, x := range not {
		if strings.Contains(text, x) {
			t.Errorf("%s: the page says %q: %s", name, x, text)
		}
	}
}

// TestStickIsReadInByThePage: a dead box's stick is brought by the technician,
// and once more by the county; what was taken is told in counts, and stays in
// the list.
func TestStickIsReadInByThePage(t *testing.T) {
	w := newWorld(t)
	box := w.boxes[pointHere].ID
	one, two, three := w.sealed(box, 0), w.sealed(box, 2), w.sealed(box, 4)
	file := w.stickOf(box, one, two)
	status, text := w.as("te").brings(file)
	if status != http.StatusOK || w.confirmations() != 2 {
		t.Fatalf("%d, %d confirmations: %s", status, w.confirmations(), text)
	}
	holds(t, "new", text, []string{"新收 2", "读了 1 个文件", "都在省中心了", "岳麓区第 1 报名确认点"}, string(w.people[0].Application.Name()), "原已收到 2", "王小明", "不完整 1")

	// The next file has a torn end; the first comes along once more.
	whole := w.stickOf(box, two, three)
	status, text = w.as("co").brings(file, append(whole, w.stickOf(box, w.sealed(box, 6))[len(w.stickOf(box)):]...)[:len(whole)+700])
	if status != http.StatusOK || w.confirmations() != 3 {
		t.Fatalf("%d, %d confirmations: %s", status, w.confirmations(), text)
	}
	holds(t, "torn", text, []string{"新收 1，原已收到 3，不完整 1", "读了 2 个文件", "第 2 个文件有 1 处损坏", "缺一部分"}, "都在省中心了")

	if status, text = w.as("co").brings(file); status != http.StatusOK || w.confirmations() != 3 {
		t.Errorf("again: %d, %d confirmations", status, w.confirmations())
	}
	holds(t, "again", text, []string{"原已收到 2", "都在省中心了"}, "新收 1", "新收 2")

	if got := fmt.Sprint(w.acts(box)); strings.Count(got, "stick.brought") != 4 {
		t.Errorf("the journal: %s", got)
	}
	_, page := w.as("co").get("/gl/sticks")
	holds(t, "the list", textOf(page), []string{"新收 2", "新收 1，原已收到 1，不完整 1", "某te", "某co", "第 3 个文件"})
	if _, page = w.as("te").get("/gl/sticks"); strings.Contains(page, "/gl/journal/") {
		t.Error("a technician is led to the journal, which is not hers")
	}
	if strings.Contains(w.log.String(), "王小明") {
		t.Error("the log quotes the name of a file")
	}
}

// TestStickOfAnotherCounty: it is taken as from the wire, and told as counts.
func TestStickOfAnotherCounty(t *testing.T) {
	w := newWorld(t)
	here, there := w.boxes[pointHere].ID, w.boxes[pointThere].ID
	stranger := w.enrol(t.Context(), pointThere).ID
	nobody := w.sealed(stranger, 5, func(m *protocol.Manifest) { m.Box = "baaaaaaaaaa" })
	twice := w.sealed(here, 0)
	fork := w.sealed(here, 2, func(m *protocol.Manifest) { m.Sequence, m.Previous = twice.Manifest.Sequence, twice.Manifest.Previous })
	status, text := w.as("co").brings(w.stickOf(there, w.sealed(there, 1), w.sealed(there, 3), nobody, twice, fork))
	if status != http.StatusOK || w.confirmations() != 3 {
		t.Fatalf("%d, %d confirmations: %s", status, w.confirmations(), text)
	}
	holds(t, "the county", text, []string{"新收 3，隔离待查 1，非本省终端 1", "管辖范围以外的终端", "不是本省中心的终端", "同一个序号来了两份", "没有收，也没有留"}, "安仁", there)
	w.sealedUp()
	_, page := w.as("co").get("/gl/sticks")
	holds(t, "her list", textOf(page), []string{"还没有导入过"}, "安仁")
	_, page = w.as("po").get("/gl/sticks")
	holds(t, "the province's", textOf(page), []string{"安仁县第 1 报名确认点", "某co", "非本省终端 1"})
	if status, text = w.as("po").brings(w.stickOf("baaaaaaaaaa", nobody)); status != http.StatusOK {
		t.Errorf("a stick of nobody: %d", status)
	}
	holds(t, "nobody's", text, []string{"非本省终端 1", "登记在别的省中心"}, "隔离待查 1，")
	for _, name := range []string{"cl", "ph"} {
		if res, _ := w.as(name).sendFile("/gl/sticks", url.Values{}, attached{"stick", "x.zkj", w.stickOf(here, w.sealed(here, 4))}, "/gl/boxes"); res.StatusCode != http.StatusForbidden || w.confirmations() != 3 {
			t.Errorf("as %s: %d, %d confirmations", name, res.StatusCode, w.confirmations())
		}
	}
}

// TestWhatIsNoStick: nothing, something else, too much, a file before the token.
func TestWhatIsNoStick(t *testing.T) {
	w := newWorld(t)
	box := w.boxes[pointHere].ID
	co := w.as("co")
	if status, text := co.brings(); status != http.StatusUnprocessableEntity || !strings.Contains(text, "没有选文件") {
		t.Errorf("no file: %d %s", status, text)
	}
	for name, raw := range map[string][]byte{"empty": nil, "a picture": bytes.Repeat([]byte("\xff\xd8 a picture"), 200_000), "a beginning": []byte("ZKSTICK1"),
		"frames of nothing": append([]byte("ZKSTICK1"), bytes.Repeat([]byte("ZKfr\x02\x00\x00\x00\x00\x00\x00\x05"), 100_000)...)} {
		if status, text := co.brings(raw); status != http.StatusUnprocessableEntity || !strings.Contains(text, "不是终端U盘上的文件") {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	status, text := co.brings([]byte("a letter"), w.stickOf(box, w.sealed(box, 0)))
	if status != http.StatusOK || w.confirmations() != 1 {
		t.Errorf("beside something else: %d, %d confirmations", status, w.confirmations())
	}
	holds(t, "beside something else", text, []string{"第 1 个文件不是终端的U盘文件", "新收 1", "读了 1 个文件"})

	late := co.multipart("/gl/sticks", nil, attached{"stick", "x.zkj", w.stickOf(box, w.sealed(box, 2))}, "")
	if res, _ := co.do(late); res.StatusCode != http.StatusForbidden || w.confirmations() != 1 {
		t.Errorf("without its token first: %d", res.StatusCode)
	}
	cut := w.stickOf(box, w.sealed(box, 2))
	broken := co.multipart("/gl/sticks", nil, attached{"stick", "x.zkj", cut}, co.token())
	raw, err := io.ReadAll(broken.Body)
	if err != nil {
		t.Fatal(err)
	}
	broken.Body, broken.ContentLength = io.NopCloser(bytes.NewReader(raw[:len(raw)-100])), int64(len(raw)-100)
	if res, _ := co.do(broken); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a form without its end: %d", res.StatusCode)
	}
	if got := w.tooLarge(co); !strings.Contains(got, " 413 ") || !strings.Contains(got, "请分几次") {
		t.Errorf("too large: %s", got)
	}
}

// tooLarge begins a form that says it is larger than any stick, and gives the
// answer that comes before its end.
func (w *world) tooLarge(b *browser) string {
	w.t.Helper()
	r := b.multipart("/gl/sticks", nil, attached{"stick", "x.zkj", nil}, b.token())
	for _, c := range b.c.Jar.Cookies(r.URL) {
		r.AddCookie(c)
	}
	form, err := io.ReadAll(r.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Body, r.ContentLength = io.NopCloser(&andZeros{form}), web.MaxStream+1
	conn, err := net.Dial("tcp", r.URL.Host)
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		w.t.Fatal(err)
	}
	sent := make(chan error, 1)
	go func() { sent <- r.Write(conn) }()
	answer, err := io.ReadAll(conn)
	if len(answer) == 0 {
		w.t.Fatalf("no answer: %v", err)
	}
	if err := <-sent; err == nil {
		w.t.Error("5 GB were taken")
	}
	return string(answer)
}

// andZeros is some bytes and then nothing but zeros.
type andZeros struct{ first []byte }

func (e *andZeros) Read(p []byte) (int, error) {
	if len(e.first) > 0 {
		n := copy(p, e.first)
		e.first = e.first[n:]
		return n, nil
	}
	clear(p)
	return len(p), nil
}

// TestStickIsReadAsItComes: what has come is taken while the rest is still on
// its way, and what was taken stays when the rest never comes.
func TestStickIsReadAsItComes(t *testing.T) {
	w := newWorld(t)
	box := w.boxes[pointHere].ID
	first := w.stickOf(box, w.sealed(box, 0))
	co := w.as("co")
	r := co.multipart("/gl/sticks", nil, attached{"stick", "x.zkj", append(first, w.stickOf(box, w.sealed(box, 2))[len(w.stickOf(box)):]...)}, co.token())
	form, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	out, in := io.Pipe()
	r.Body, r.ContentLength = out, int64(len(form))
	answered := make(chan error, 1)
	go func() {
		res, err := co.c.Do(r)
		if err == nil {
			err = res.Body.Close()
		}
		answered <- err
	}()
	if _, err := in.Write(form[:len(form)-500]); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(2 * time.Minute); w.confirmations() == 0; <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing is taken before the end has come")
		}
	}
	gone := errors.New("somebody pulled the cable")
	if err := in.CloseWithError(gone); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
	if w.confirmations() != 1 {
		t.Errorf("%d confirmations", w.confirmations())
	}
	for deadline := time.Now().Add(2 * time.Minute); !strings.Contains(fmt.Sprint(w.acts(box)), "stick.brought"); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody wrote down who brought it")
		}
	}
}

// TestStickMayTakeItsTime: neither what the server allows a whole request nor
// what it allows an answer ends a stick, as it ends any other form.
func TestStickMayTakeItsTime(t *testing.T) {
	w := newWorld(t)
	hurried := httptest.NewUnstartedServer(w.server.Config.Handler)
	hurried.Config.ReadHeaderTimeout, hurried.Config.ReadTimeout, hurried.Config.WriteTimeout = time.Minute, 1, 1 // over before they begin
	hurried.Start()
	defer hurried.Close()
	box, co := w.boxes[pointHere].ID, w.as("co")
	send := func(path string, file attached) (*http.Response, error) {
		r := co.multipart(path, nil, file, co.token())
		r.URL.Host, r.Host = hurried.Listener.Addr().String(), hurried.Listener.Addr().String()
		return co.c.Do(r)
	}
	if res, err := send("/gl/incidents", attached{}); err == nil {
		t.Errorf("another form is answered %d: this server is not hurried", res.StatusCode)
	}
	res, err := send("/gl/sticks", attached{"stick", "x.zkj", w.stickOf(box, w.sealed(box, 0))})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(textOf(string(page)), "新收 1") || w.confirmations() != 1 {
		t.Errorf("%d %v, %d confirmations", res.StatusCode, err, w.confirmations())
	}
}
