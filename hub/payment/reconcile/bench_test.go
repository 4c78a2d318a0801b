package reconcile_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/payment/reconcile"
	"zhunkao/hub/payment/statement"
	"zhunkao/protocol/window"
)

// A season's worst day: as many orders, with their bookings, and as many lines.
// ZHUNKAO_RECONCILE takes another number, to try the benchmark itself.
const provinceMoves = 2_000_000

// BenchmarkReconcile reads our orders and bookings (CSV) and a channel's statement
// (WeChat's CSV), two million each with one in a thousand of each exception, and
// gives the exceptions; in turns with only reading and parsing the same files.
// "of-parsing" is the ratio (aim 1.8), "MiB-reconcile" the most memory that the
// process held as the kernel counts it (aim 600). Every planted exception must be
// found and no other. PostgreSQL loads the same movements and joins them in the same
// run; "postgres-of-ours" is for information.
func BenchmarkReconcile(b *testing.B) {
	n := provinceMoves
	if v, err := strconv.Atoi(os.Getenv("ZHUNKAO_RECONCILE")); err == nil {
		n = v
	}
	limit, percent := debug.SetMemoryLimit(2<<30), debug.SetGCPercent(300) // as hubd has them
	b.Cleanup(func() { debug.SetMemoryLimit(limit); debug.SetGCPercent(percent) })
	dir := b.TempDir()
	p := plant(b, dir, n)
	for b.Loop() {
		var bare, whole time.Duration
		runtime.GC()
		resetPeak(b)
		for range 3 {
			runtime.GC() // one day's books are long gone when the next are opened
			start := time.Now()
			if err := p.read(nil); err != nil {
				b.Fatal(err)
			}
			bare += time.Since(start)

			runtime.GC()
			start = time.Now()
			book := reconcile.NewBook()
			if err := p.read(book); err != nil {
				b.Fatal(err)
			}
			res := book.Reconcile(midnight)
			whole += time.Since(start)
			p.check(b, res)
		}
		b.ReportMetric(peak(b), "MiB-reconcile")
		b.ReportMetric(whole.Seconds()/bare.Seconds(), "of-parsing")
		b.ReportMetric(float64(3*n)/whole.Seconds(), "movements/s")
		b.ReportMetric(p.join(b).Seconds()/(whole.Seconds()/3), "postgres-of-ours")
		b.ReportMetric(0, "ns/op")
	}
}

// planted are the files, and what must be found in them.
type planted struct {
	ours, theirs string
	want         map[reconcile.Class]int
}

// plant writes the files. One in a thousand has each trouble in turn.
func plant(b *testing.B, dir string, n int) *planted {
	b.Helper()
	p := &planted{ours: filepath.Join(dir, "ours.csv"), theirs: filepath.Join(dir, "theirs.csv"), want: map[reconcile.Class]int{}}
	ours, theirs := create(b, p.ours), create(b, p.theirs)
	theirs.text("\xEF\xBB\xBF交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n")
	w := &writer{ours: ours, theirs: theirs}
	for i := range n {
		// Spread, as numbers of channels are: nothing comes in the order of its number.
		number := fmt.Sprintf("42000004%020d", uint64(i)*0x9E3779B97F4A7C15)
		order := fmt.Sprintf("ZK2019%010d", i)
		at := midnight.Add(time.Duration(i%86000) * time.Second)
		c := reconcile.Matched
		if i%1000 < len(troubles) {
			c = troubles[i%1000]
			p.want[c]++
		}
		w.plant(c, order, number, at)
	}
	theirs.text("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n")
	fmt.Fprintf(theirs, "`%d,`%s,`%s,`0.00,`0.00000,`%s,`%s\r\n", w.lines, yuan(w.paid), yuan(w.back), yuan(w.paid), yuan(w.back))
	ours.close(b)
	theirs.close(b)
	return p
}

var troubles = []reconcile.Class{reconcile.Surplus, reconcile.Missing, reconcile.OtherAmount, reconcile.OtherOrder, reconcile.OtherFee,
	reconcile.Stranger, reconcile.Again, reconcile.Late, reconcile.AfterLeaving, reconcile.RefundUnbooked, reconcile.RefundMissing}

type output struct {
	*bufio.Writer
	f *os.File
}

func create(b *testing.B, path string) output {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	return output{bufio.NewWriterSize(f, 1<<20), f}
}

func (o output) text(s string) { _, _ = o.WriteString(s) }

func (o output) close(b *testing.B) {
	b.Helper()
	if err := o.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := o.f.Close(); err != nil {
		b.Fatal(err)
	}
}

type writer struct {
	ours, theirs output
	lines        int
	paid, back   int64
}

func yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

// plant writes one movement as its trouble has it.
func (w *writer) plant(c reconcile.Class, order, number string, at time.Time) {
	state, since := "open", time.Time{}
	switch c {
	case reconcile.Late:
		state, since = "closed", at.Add(-time.Hour)
	case reconcile.AfterLeaving:
		state, since = "withdrawn", at.Add(-time.Hour)
	}
	asked, kind := int64(fee), "payment"
	if c == reconcile.OtherFee {
		asked--
	}
	if c == reconcile.RefundMissing || c == reconcile.RefundUnbooked {
		kind = "refund"
	}
	booked := c != reconcile.Surplus && c != reconcile.Stranger && c != reconcile.RefundUnbooked
	if c != reconcile.Stranger {
		fmt.Fprintf(w.ours, "%s,%d,%s,%s,", order, asked, state, stamp(since))
	} else {
		fmt.Fprintf(w.ours, ",,,,")
	}
	if booked {
		fmt.Fprintf(w.ours, "%s,%s,%d,%s\n", kind, number, fee, stamp(at))
	} else {
		w.ours.text(",,,\n")
	}
	switch c {
	case reconcile.Missing, reconcile.RefundMissing:
	case reconcile.OtherAmount:
		w.line(kind, order, number, fee-1, at)
	case reconcile.OtherOrder:
		w.line(kind, order+"X", number, fee, at)
	case reconcile.Again:
		w.line(kind, order, number, fee, at)
		w.line(kind, order, "9"+number[1:], fee, at.Add(time.Minute))
	default:
		w.line(kind, order, number, fee, at)
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.Unix(), 10)
}

func (w *writer) line(kind, order, number string, fen int64, at time.Time) {
	w.lines++
	state, paid, back, refund := "SUCCESS", fen, int64(0), "0"
	if kind == "refund" {
		state, paid, back, refund = "REFUND", 0, fen, number
	}
	w.paid, w.back = w.paid+paid, w.back+back
	fmt.Fprintf(w.theirs, "`%s,`wx01,`1900000109,`0,`,`%s,`%s,`oSynthetic,`NATIVE,`%s,`OTHERS,`CNY,`%s,`0.00,`%s,`0,`%s,`0.00,`,`,`报名考试费,`,`0.00000,`0.00%%,`%s,`%s,`\r\n",
		at.In(window.Zone()).Format(time.DateTime), number, order, state, yuan(paid), refund, yuan(back), yuan(paid), yuan(back))
}

// read parses both files; a book gets what they say.
func (p *planted) read(book *reconcile.Book) error {
	if err := p.readOurs(book); err != nil {
		return err
	}
	f, err := os.Open(p.theirs)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	sum, err := statement.Read(statement.WeChat, io.NewSectionReader(f, 0, info.Size()), statement.Options{Day: midnight}, func(l *statement.Line) error {
		if book == nil {
			return nil
		}
		m := reconcile.Movement{Ref: uint32(l.Number), Kind: reconcile.Payment, Number: l.Transaction, Order: l.Order, Fen: l.Amount, At: l.Time}
		if l.Kind == statement.Refund {
			m.Kind, m.Number = reconcile.Refund, l.Refund
		}
		return book.Stated(m)
	})
	if err == nil && len(sum.Faults) > 0 {
		err = fmt.Errorf("%+v", sum.Faults)
	}
	return err
}

// readOurs parses order,fee,state,since,kind,number,fen,at.
func (p *planted) readOurs(book *reconcile.Book) error {
	f, err := os.Open(p.ours)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewScanner(f)
	states := map[string]reconcile.State{"open": reconcile.Open, "closed": reconcile.Closed, "withdrawn": reconcile.Withdrawn}
	for ref := uint32(1); in.Scan(); ref++ {
		var v [8][]byte
		line := in.Bytes()
		for i := range v {
			v[i], line, _ = bytes.Cut(line, []byte{','})
		}
		o := reconcile.Order{Ref: ref, Number: v[0], Fee: digits(v[1]), State: states[string(v[2])], Since: moment(v[3])}
		m := reconcile.Movement{Ref: ref, Kind: reconcile.Payment, Number: v[5], Order: v[0], Fen: digits(v[6]), At: moment(v[7])}
		if string(v[4]) == "refund" {
			m.Kind = reconcile.Refund
		}
		if book != nil && len(o.Number) > 0 {
			if err := book.Order(o); err != nil {
				return err
			}
		}
		if book != nil && len(m.Number) > 0 {
			if err := book.Booked(m); err != nil {
				return err
			}
		}
	}
	return in.Err()
}

func digits(v []byte) (n int64) {
	for _, c := range v {
		n = n*10 + int64(c-'0')
	}
	return n
}

func moment(v []byte) time.Time {
	if len(v) == 0 {
		return time.Time{}
	}
	return time.Unix(digits(v), 0)
}

// check holds what was found against what was planted.
func (p *planted) check(b *testing.B, res *reconcile.Result) {
	b.Helper()
	got := map[reconcile.Class]int{}
	for _, f := range res.Findings {
		got[f.Class]++
	}
	if fmt.Sprint(got) != fmt.Sprint(p.want) || !res.Balanced() {
		b.Fatalf("found %v, planted %v, balanced %v", got, p.want, res.Balanced())
	}
}

// join has PostgreSQL load the movements and join them.
func (p *planted) join(b *testing.B) time.Duration {
	b.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, dbtest.PostgresURL(b))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close(ctx) }()
	if _, err := c.Exec(ctx, `CREATE UNLOGGED TABLE ours (kind TEXT, number TEXT, ordered TEXT, fen BIGINT, at BIGINT);
		CREATE UNLOGGED TABLE theirs (kind TEXT, number TEXT, ordered TEXT, fen BIGINT, at BIGINT)`); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	for table, fill := range map[string]func(io.Writer) error{"ours": p.oursForCopy, "theirs": p.theirsForCopy} {
		r, w := io.Pipe()
		go func() { _ = w.CloseWithError(fill(w)) }()
		if _, err := c.PgConn().CopyFrom(ctx, r, "COPY "+table+" FROM STDIN (FORMAT csv)"); err != nil {
			b.Fatal(err)
		}
	}
	var differ int
	if err := c.QueryRow(ctx, `SELECT count(*) FROM ours FULL OUTER JOIN theirs USING (kind, number)
		WHERE ours.fen IS DISTINCT FROM theirs.fen OR ours.ordered IS DISTINCT FROM theirs.ordered`).Scan(&differ); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	want := p.want[reconcile.Surplus] + p.want[reconcile.Missing] + p.want[reconcile.OtherAmount] + p.want[reconcile.OtherOrder] + p.want[reconcile.Stranger] +
		p.want[reconcile.Again] + p.want[reconcile.RefundUnbooked] + p.want[reconcile.RefundMissing]
	if differ != want {
		b.Fatalf("PostgreSQL finds %d, %d were planted", differ, want)
	}
	return took
}

func (p *planted) oursForCopy(w io.Writer) error {
	f, err := os.Open(p.ours)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	out := bufio.NewWriterSize(w, 1<<16)
	for in := bufio.NewScanner(f); in.Scan(); {
		v := strings.Split(in.Text(), ",")
		if v[5] != "" {
			fmt.Fprintf(out, "%s,%s,%s,%s,%s\n", v[4], v[5], v[0], v[6], v[7])
		}
	}
	return out.Flush()
}

func (p *planted) theirsForCopy(w io.Writer) error {
	f, err := os.Open(p.theirs)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	_, err = statement.Read(statement.WeChat, io.NewSectionReader(f, 0, info.Size()), statement.Options{}, func(l *statement.Line) error {
		number := l.Transaction
		if l.Kind == statement.Refund {
			number = l.Refund
		}
		_, err := fmt.Fprintf(out, "%s,%s,%s,%d,%d\n", l.Kind, number, l.Order, l.Amount, l.Time.Unix())
		return err
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// resetPeak has the kernel forget the most memory that this process held.
func resetPeak(b *testing.B) {
	b.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200); err != nil {
		b.Fatal(err)
	}
}

// peak is the most memory since then, in MiB (VmHWM).
func peak(b *testing.B) float64 {
	b.Helper()
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(v), "kB")))
			if err != nil {
				b.Fatal(err)
			}
			return float64(kib) / 1024
		}
	}
	b.Fatal("no VmHWM")
	return 0
}
