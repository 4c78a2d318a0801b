package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"zhunkao/hub/candidate"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/staff/stafftest"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
)

// peopled is a hub with two accounts of the province, a point and people.
func peopled(t *testing.T, people int) string {
	t.Helper()
	data := made(t)
	ctl := func(in string, args ...string) {
		want(t, call(t, in, append([]string{"--data", data}, args...)...), 0, "")
	}
	ctl(password+"\n", "staff", "add", "--name", "second", "--display", "二", "--role", "province-operator", "--office", "430000-1")
	ctl(password+"\n", "staff", "add", "--name", "county", "--display", "县", "--role", "county-operator", "--office", "430102")
	ring, err := keys.Open(datadir.Dir(data).Keys(), keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), datadir.Dir(data).Database())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	stafftest.Enrol(t, d, ring, "first", "second", "county")
	f := &flow.Flow{Candidates: candidate.New(ring, time.Now), Now: time.Now}
	p := org.Point{Code: "43010201", Name: "确认点", Division: "430102", Medical: true, Minors: true, Open: true}
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		if err := f.CreatePoint(t.Context(), tx, p, flow.Operator()); err != nil {
			return err
		}
		for _, x := range synthetic.Candidates(rules.Adult2019(), 3, people, synthetic.Point{Code: p.Code, Division: p.Division}) {
			x.Application.Version = 1
			if err := f.Register(t.Context(), tx, x.Application, candidate.FromPortal, flow.Operator()); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return data
}

// catalogueFile is a workbook with the campaign's catalogue but for some lines.
func catalogueFile(t *testing.T, c rules.Campaign, spoil bool) string {
	t.Helper()
	f := excelize.NewFile()
	rows := [][]string{{"院校代码", "院校名称", "专业代码", "专业名称", "层次", "科类", "专业类", "学习形式", "学制", "备注"}}
	for _, p := range c.Catalogue[10:] {
		rows = append(rows, []string{p.School, p.SchoolName, p.Major, p.MajorName, p.Level, p.Category, p.Class, p.Form, p.Years, p.Remark})
	}
	if spoil {
		rows[3][4], rows[7][8] = "博士", ""
	}
	for i, r := range rows {
		for j, v := range r {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err == nil {
				err = f.SetCellValue("Sheet1", cell, v)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "catalogue.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// A catalogue in a workbook becomes a version, with no hub.
func TestCatalogueCommands(t *testing.T) {
	c := rules.Adult2019()
	good, bad := catalogueFile(t, c, false), catalogueFile(t, c, true)
	want(t, call(t, "", "catalogue", "check", good, "--campaign", "adult-2019"), 0, "10 withdrawn")
	r := call(t, "", "--lang", "zh", "catalogue", "check", bad, "--campaign", "adult-2019")
	want(t, r, 2, "共 2 处问题")
	for _, line := range []string{`Sheet1 +4 +层次 +没有这个层次`, `Sheet1 +8 +学制 +此格为空`} {
		if !regexp.MustCompile(line).MatchString(r.out) {
			t.Errorf("%s is not said:\n%s", line, r.out)
		}
	}
	want(t, call(t, "", "catalogue", "check", good, "--campaign", "adult-2020"), 1, "adult-2019")
	want(t, call(t, "", "catalogue", "check", filepath.Join(t.TempDir(), "none.xlsx"), "--campaign", "adult-2019"), 1, "cannot be read")
	out := filepath.Join(t.TempDir(), "v2.json")
	want(t, call(t, "", "catalogue", "import", bad, "--campaign", "adult-2019", "--out", out), 2, "2 findings")
	if _, err := os.Stat(out); err == nil {
		t.Error("a refused catalogue left a bundle")
	}
	want(t, call(t, "", "catalogue", "import", good, "--campaign", "adult-2019", "--out", out), 0, "version 2")
	want(t, call(t, "", "catalogue", "import", good, "--campaign", "adult-2019", "--out", out), 1, "there already")
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	made, err := rules.Decode(raw)
	if err != nil || made.Version != c.Version+1 || len(made.Catalogue) != len(c.Catalogue)-10 || len(made.Validate()) > 0 {
		t.Errorf("version %d, %d programmes, %v", made.Version, len(made.Catalogue), err)
	}
	// From a bundle on: the next one, and nothing else differs.
	want(t, call(t, "", "catalogue", "check", good, "--campaign", out), 0, "same catalogue")
	if names, err := os.ReadDir(filepath.Dir(out)); err != nil || len(names) != 1 {
		t.Errorf("beside the bundle lies something: %v, %v", names, err)
	}
}

// codeOf is a one-time code of an account that Enrol has enrolled.
func codeOf(t *testing.T, data, account string) string {
	t.Helper()
	d, err := db.Open(t.Context(), datadir.Dir(data).Database())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	return stafftest.Code(t, d, account)
}

// From a catalogue to a version in force: drafted, rehearsed, signed by two
// persons; the same words whether the hub runs or not.
func TestAVersionComesIntoForce(t *testing.T) {
	for name, start := range map[string]func(*testing.T, string){"stopped": func(*testing.T, string) {}, "running": running} {
		t.Run(name, func(t *testing.T) {
			data := peopled(t, 120)
			start(t, data)
			ctl := func(in string, args ...string) result {
				return call(t, in, append([]string{"--data", data}, args...)...)
			}
			out := filepath.Join(t.TempDir(), "v2.json")
			want(t, ctl("", "catalogue", "import", catalogueFile(t, rules.Adult2019(), false), "--campaign", "adult-2019", "--out", out), 0, "version 2")
			want(t, ctl("", "campaign", "draft", catalogueFile(t, rules.Adult2019(), false)), 1, "not a campaign bundle")
			want(t, ctl("", "--lang", "zh", "campaign", "draft", filepath.Join(t.TempDir(), "none")), 1, "没有文件")
			want(t, ctl("", "campaign", "draft", t.TempDir()), 1, "cannot be read")
			r := ctl("", "campaign", "draft", out)
			want(t, r, 0, "not in force")
			draft := regexp.MustCompile(`rehearse ([0-9a-f]{12})`).FindStringSubmatch(r.out)
			if draft == nil {
				t.Fatal(r.out)
			}
			sign := func(in, account string) result {
				return ctl(in+"\n"+codeOf(t, data, account)+"\n", "campaign", "sign", draft[1], "--account", account, "--reason", "目录调整")
			}
			want(t, sign(password, "first"), 1, "rehearsed to the end")
			want(t, ctl("", "campaign", "list"), 0, "draft, not rehearsed")
			want(t, ctl("", "campaign", "effects", draft[1]), 1, "rehearsed to the end")
			want(t, ctl("", "campaign", "rehearse", "ffffffffffff"), 1, "no such draft")
			r = ctl("", "campaign", "rehearse", draft[1])
			want(t, r, 0, "over 120 applications")
			numbers := regexp.MustCompile(`become invalid (\d+), become valid 0, need a new choice (\d+), fee changes 0, cannot be read 0`).FindStringSubmatch(r.out)
			if numbers == nil || numbers[1] == "0" || numbers[1] != numbers[2] || !strings.Contains(r.out, "430102") {
				t.Errorf("%v in\n%s", numbers, r.out)
			}
			want(t, ctl("", "--lang", "zh", "campaign", "effects", draft[1]), 0, "变为无效+重选志愿")
			list := ctl("", "campaign", "effects", draft[1])
			want(t, list, 0, "is not in the catalogue")
			if n := strings.Count(list.out, "invalid+choice"); numbers != nil && fmt.Sprint(n) != numbers[1] {
				t.Errorf("%d listed, %s counted", n, numbers[1])
			}
			if r := ctl("", "campaign", "effects", draft[1], "--division", "430200"); strings.Contains(r.out, "is not in the catalogue") {
				t.Errorf("another city lists\n%s", r.out)
			}
			want(t, sign("a wrong password", "first"), 1, "do not go together")
			want(t, sign(password, "county"), 1, "may not sign")
			want(t, ctl(password+"\n", "campaign", "sign", draft[1], "--account", "first", "--reason", " "), 1, "--reason")
			want(t, sign(password, "first"), 0, "1 of 2")
			want(t, sign(password, "first"), 1, "another person")
			want(t, ctl("", "campaign", "list"), 0, "signed by 1 of 2")
			r = sign(password, "second")
			want(t, r, 0, "2 of 2")
			want(t, r, 0, "Version 2 is in force")
			r = ctl("", "campaign", "list")
			if !regexp.MustCompile(`adult-2019 +2 +in force`).MatchString(r.out) || !regexp.MustCompile(`adult-2019 +1 +former`).MatchString(r.out) || strings.Contains(r.out, "draft") {
				t.Errorf("list:\n%s", r.out)
			}
			want(t, ctl("", "campaign", "draft", out), 1, "above the one in force")
			want(t, ctl("", "journal", "verify"), 0, "whole")
		})
	}
}

// stopper ends a context when it is told something.
type stopper struct {
	bytes.Buffer
	on   string
	stop func()
}

func (s *stopper) Write(b []byte) (int, error) {
	if strings.Contains(string(b), s.on) {
		s.stop()
	}
	return s.Buffer.Write(b)
}

// Ctrl-C stops a rehearsal, here and in the hub that runs it; nothing is left,
// and it can be done again.
func TestCtrlC(t *testing.T) {
	for name, start := range map[string]func(*testing.T, string){"stopped": func(*testing.T, string) {}, "running": running} {
		t.Run(name, func(t *testing.T) {
			data := peopled(t, 2600)
			c := rules.Adult2019()
			c.Version, c.Fees[0].Fen = 2, 20000
			raw, err := rules.Encode(c)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "v2.json")
			if err := os.WriteFile(file, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			start(t, data)
			r := call(t, "", "--data", data, "campaign", "draft", file)
			draft := regexp.MustCompile(`rehearse ([0-9a-f]{12})`).FindStringSubmatch(r.out)[1]
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			out := &stopper{on: "of 2600", stop: cancel}
			var errs bytes.Buffer
			code := run(ctx, []string{"--data", data, "campaign", "rehearse", draft}, strings.NewReader(""), out, &errs, func(string) string { return "" })
			if code != 1 || !strings.Contains(errs.String(), "Nothing was kept") {
				t.Fatalf("status %d\n%s%s", code, out.String(), errs.String())
			}
			want(t, call(t, "", "--data", data, "campaign", "list"), 0, "not rehearsed")
			deadline := time.Now().Add(2 * time.Minute) // the hub may still be clearing up
			for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
				r = call(t, "", "--data", data, "campaign", "rehearse", draft)
				if r.code == 0 || !strings.Contains(r.errs, "Another rehearsal") || time.Now().After(deadline) {
					break
				}
			}
			want(t, r, 0, "over 2600 applications")
		})
	}
}
