package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/daybook"
)

// aBill is WeChat's file of one payment on 2019-09-05.
const aBill = "\xEF\xBB\xBF交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n" +
	"`2019-09-05 10:00:00,`wx01,`1900000109,`0,`,`42001,`1,`oSynthetic,`NATIVE,`SUCCESS,`OTHERS,`CNY,`160.00,`0.00,`0,`0,`0.00,`0.00,`,`,`报名考试费,`,`0.00000,`0.00%,`160.00,`0.00,`\r\n" +
	"总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n`1,`160.00,`0.00,`0.00,`0.00000,`160.00,`0.00\r\n"

// billed is a hub that is stopped and booked what aBill has, and the folder with the
// file, as it came and broken.
func billed(t *testing.T) (data, bill, broken string) {
	t.Helper()
	data = made(t)
	onDatabase(t, data, func(ctx context.Context, tx *db.Tx, _ *daybook.Books) error {
		o := payment.Order{Number: "1", Application: "app1", Campaign: "adult-2019", Division: "430104", Point: "43010401", Level: "5", Fen: 16000, OpenedAt: 10}
		if err := payment.OpenOrder(ctx, tx, o); err != nil {
			return err
		}
		at := time.Date(2019, 9, 5, 2, 0, 0, 0, time.UTC).UnixMilli()
		_, err := payment.Book(ctx, tx, payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: "42001", Order: "1", Fen: 16000, At: at, Source: payment.ByNotice}, at)
		return err
	})
	dir := t.TempDir()
	bill, broken = filepath.Join(dir, "bill.csv"), filepath.Join(dir, "broken.csv")
	for path, text := range map[string]string{bill: aBill, broken: strings.Replace(aBill, "`160.00", "`16O.00", 1)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return data, bill, broken
}

// onDatabase works on the database of a hub that is stopped.
func onDatabase(t *testing.T, data string, f func(ctx context.Context, tx *db.Tx, books *daybook.Books) error) {
	t.Helper()
	dir, ctx := datadir.Dir(data), t.Context()
	ring, err := keys.Open(dir.Keys(), keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(ctx, dir.Database())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write(ctx, func(tx *db.Tx) error { return f(ctx, tx, offlineBooks(ring, d)) }); err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestStatementImport: a file is taken whole, once, into a hub that runs or not; what is
// none is refused whole with its line, and status 2.
func TestStatementImport(t *testing.T) {
	data, bill, broken := billed(t)
	brings := func(file string, more ...string) result {
		return call(t, "", append([]string{"--data", data, "statement", "import", "--channel", "wechat", file}, more...)...)
	}
	want(t, brings(broken), 2, "refused whole")
	want(t, brings(broken), 2, "line 2 ")
	want(t, brings(bill, "--day", "2019-09-06"), 2, "refused whole")
	want(t, brings(bill, "--day", "yesterday"), 1, "2019-09-06")
	want(t, brings(filepath.Dir(bill)), 1, "")
	want(t, brings(bill), 0, "of 2019-09-05 was taken: 1 lines, 1 new, 0 known, 0 contradicting")
	want(t, brings(bill, "--day", "2019-09-05"), 0, "nothing changed")
	running(t, data)
	want(t, brings(bill), 0, "nothing changed")
	want(t, brings(broken), 2, "line 2 ")
	var acts []string
	onDatabase(t, data, func(ctx context.Context, tx *db.Tx, _ *daybook.Books) error {
		return tx.Each(ctx, `SELECT act FROM journal_entry WHERE act LIKE 'statement.%' ORDER BY act`, nil, func(row func(...any) error) error {
			var act string
			err := row(&act)
			acts = append(acts, act)
			return err
		})
	})
	if all := strings.Join(acts, " "); strings.Count(all, "statement.taken") != 1 || strings.Count(all, "statement.refused") == 0 {
		t.Errorf("journal: %s", all)
	}
}

// TestDayVerify: a day that is open is none to verify; a closed one is done again and
// found as it was closed; one fen moved since is found, with status 2, by a hub that
// runs or not.
func TestDayVerify(t *testing.T) {
	data, bill, _ := billed(t)
	verify := func(more ...string) result {
		return call(t, "", append([]string{"--data", data, "day", "verify", "2019-09-05"}, more...)...)
	}
	want(t, call(t, "", "--data", data, "day", "verify", "soon"), 1, "2019-09-06")
	want(t, verify(), 1, "")
	want(t, call(t, "", "--data", data, "statement", "import", "--channel", "wechat", bill), 0, "was taken")
	onDatabase(t, data, func(ctx context.Context, tx *db.Tx, books *daybook.Books) error {
		day, _ := daybook.ParseDay("2019-09-05")
		seen, err := daybook.Seen(ctx, tx, day)
		if err == nil {
			_, err = (&flow.Flow{Now: time.Now}).CloseDay(ctx, tx, books, day, []string{"wechat"}, seen, "核对无误", flow.Operator(), "other")
		}
		return err
	})
	want(t, verify(), 0, "what it was closed as: 3 facts, 1 statements")
	var v daybook.Verified
	if r := verify("--json"); json.Unmarshal([]byte(r.out), &v) != nil || v.Facts == 0 || v.Files != 1 || v.Closing.Seal == "" {
		t.Errorf("as JSON: %+v", r)
	}
	onDatabase(t, data, func(ctx context.Context, tx *db.Tx, _ *daybook.Books) error {
		_, err := tx.Exec(ctx, `UPDATE payment_movement SET fen = fen + 1`)
		return err
	})
	want(t, verify(), 2, "the ledger does not have it so: payment 42001")
	running(t, data)
	want(t, verify(), 2, "")
	if r := verify(); strings.Contains(r.out, "closed as") || r.out == "" {
		t.Errorf("it does not say what differs: %+v", r)
	}
}
