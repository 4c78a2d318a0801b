package exchange_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/exchange"
	listing "zhunkao/hub/exchange/sheet"
	"zhunkao/hub/org"
)

func readOffices(raw []byte) (exchange.Offices, error) {
	return exchange.ParseOffices(bytes.NewReader(raw), int64(len(raw)), func(id string) bool { return strings.HasPrefix(id, "4331") })
}

func officeSheet(t testing.TB, rows ...[]string) []byte {
	t.Helper()
	return zipped(t, parts(sheetXML(rows, func(string) string { return "" })))
}

var officeHead = []string{"机构编号", "机构", "负责人", "负责人电话", "信息管理员", "信息管理员电话", "地址"}

func TestOfficesAreRead(t *testing.T) {
	got, err := readOffices(officeSheet(t, []string{"湘西州各县机构"}, officeHead,
		[]string{"433130", "龙山县招生考试机构", "彭秀英", "0743-6220001", "田宏", "138 0013 8000", "民安街道"},
		[]string{"433127", "永顺县招生考试机构", "向前"}))
	want := map[string]org.Officers{
		"433130": {Head: "彭秀英", HeadPhone: "0743-6220001", Admin: "田宏", AdminPhone: "13800138000", Address: "民安街道"},
		"433127": {Head: "向前"},
	}
	if err != nil || !maps.Equal(got.By, want) {
		t.Errorf("got %+v, %v", got.By, err)
	}
}

// What the hub exports can be filled in and sent back: the mark below it is no
// office.
func TestOfficesComeBackFromAnExport(t *testing.T) {
	var b bytes.Buffer
	w, err := listing.New(listing.KindXLSX, &b, listing.About{Title: "机构", Author: "邓志远", At: time.Date(2019, 9, 6, 2, 0, 0, 0, time.UTC)}, officeHead)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]any{{"433130", "龙山县", "彭秀英", "0743-6220001", "", "", ""}, {"433127", "永顺县", "", "", "", "", ""}} {
		if err := w.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close("邓志远 2019-09-06 10:00:00 导出 2 行"); err != nil {
		t.Fatal(err)
	}
	got, err := readOffices(b.Bytes())
	if err != nil || len(got.By) != 2 || got.By["433130"].HeadPhone != "0743-6220001" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// All or nothing, and every row that is wrong is told.
func TestOfficesAreRefusedByRow(t *testing.T) {
	_, err := readOffices(officeSheet(t, officeHead,
		[]string{"433130", "龙山县", "彭秀英", "7436220001"},                                // a zero is gone
		[]string{"430102", "芙蓉区", "某某", "0731-85880000"},                              // not theirs
		[]string{"433127", "永顺县", strings.Repeat("长", 51), "", "", "1234"},            // twice wrong
		[]string{"433130", "龙山县", "又一个"},                                              // again
		[]string{"", "泸溪县", "没有编号", "0743-4260001"},                                   // no code
		[]string{"433122", "泸溪县", "好的", "0743-4260001", "好的", "0743-4260002", "白沙镇"})) // good, and not taken either
	var refused exchange.RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	var got []string
	for _, r := range refused.Refusals {
		if r.Zh == "" || r.En == "" {
			t.Errorf("row %d says nothing", r.Row)
		}
		got = append(got, fmt.Sprint(r.Row, " ", r.Column, " ", r.Code))
	}
	want := []string{"2 负责人电话 bad-phone", "3 机构编号 unknown-office", "4 负责人 bad-field", "4 信息管理员电话 bad-phone", "5 机构编号 duplicate-office", "6 机构编号 missing"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for name, c := range map[string]struct {
		raw  []byte
		code string
	}{
		"no header": {officeSheet(t, []string{"负责人", "电话"}, []string{"彭秀英", "0743-6220001"}), exchange.NoHeader},
		"no rows":   {officeSheet(t, officeHead), exchange.NoRows},
		"two heads": {officeSheet(t, append(officeHead, "责任人"), []string{"433130"}), exchange.DoubleHeader},
	} {
		_, err := readOffices(c.raw)
		if !errors.As(err, &refused) || refused.Refusals[0].Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, raw := range map[string][]byte{"nothing": nil, "text": []byte("机构编号,负责人"), "a broken archive": []byte("PK\x03\x04 and nothing else")} {
		if _, err := readOffices(raw); !errors.Is(err, exchange.ErrSheet) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzOffices(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Add(officeSheet(f, officeHead, []string{"433130", "龙山县", "彭秀英", "0743-6220001"}))
	f.Add(officeSheet(f, officeHead, []string{"x"}, []string{"433130", "\u202e"}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := readOffices(raw)
		for id, o := range got.By {
			if err != nil || !strings.HasPrefix(id, "4331") {
				t.Errorf("%s was read with %v", id, err)
			}
			if _, err := o.Tidy(); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		}
	})
}
