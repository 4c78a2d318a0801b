package campaign

import (
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// head is campaign.json: what is not a table, and where each table comes from.
type head struct {
	Campaign
	Day    string      `json:"day"`         // of the divisions, YYYY-MM-DD
	Tables []tableHead `json:"code_tables"` // name, texts, file
}

type tableHead struct {
	Name string `json:"name"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
	File string `json:"file"`
}

// load puts a campaign together from the files of one folder.
func load(fs embed.FS, dir string) (Campaign, error) {
	b, err := fs.ReadFile(path.Join(dir, "campaign.json"))
	if err != nil {
		return Campaign{}, err
	}
	var h head
	if err := json.Unmarshal(b, &h); err != nil {
		return Campaign{}, fmt.Errorf("campaign.json: %w", err)
	}
	t := tables{fs: fs, dir: dir}
	c := h.Campaign
	day, err := time.ParseInLocation(time.DateOnly, h.Day, window.Zone())
	if err != nil {
		return Campaign{}, fmt.Errorf("campaign.json: day: %w", err)
	}
	c.Divisions = Divisions(day)
	for _, th := range h.Tables {
		c.Form.Tables = append(c.Form.Tables, t.codes(th))
	}
	c.Form.Categories = t.categories(c.Form.Levels)
	c.Subjects = t.subjects()
	c.Sittings = t.sittings()
	c.Bonuses = t.bonuses()
	c.Exemptions = t.exemptions(c.Form.Levels)
	c.Catalogue = t.catalogue()
	return c, t.err
}

// tables reads CSV files and keeps the first error.
type tables struct {
	fs  embed.FS
	dir string
	err error
}

// rows gives the rows of a file as maps by column name.
func (t *tables) rows(file string) []map[string]string {
	b, err := t.fs.ReadFile(path.Join(t.dir, file))
	if err != nil {
		t.fail(file, err)
		return nil
	}
	all, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	if err != nil || len(all) == 0 {
		t.fail(file, fmt.Errorf("no table: %w", err))
		return nil
	}
	var out []map[string]string
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = r[i]
		}
		out = append(out, row)
	}
	return out
}

func (t *tables) fail(file string, err error) {
	if t.err == nil {
		t.err = fmt.Errorf("%s: %w", file, err)
	}
}

func (t *tables) number(file, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		t.fail(file, err)
	}
	return n
}

func (t *tables) codes(h tableHead) form.Table {
	out := form.Table{Name: h.Name, Zh: h.Zh, En: h.En}
	for _, r := range t.rows(h.File) {
		e := form.Entry{Code: r["code"], Zh: r["name"], En: r["en"], Kind: r["kind"], Group: r["level"] == "group", Status: r["status"]}
		if r["zsb_eligible"] == "1" {
			e.Mark = "zsb"
		}
		out.Entries = append(out.Entries, e)
	}
	return out
}

func (t *tables) categories(levels []form.Level) []form.Category {
	var out []form.Category
	for _, r := range t.rows("adult_categories.csv") {
		out = append(out, form.Category{Code: r["code"], Level: levelCode(levels, r["level"]), Zh: r["name"], En: r["en"],
			Subjects: strings.Split(r["subject_keys"], "|"), Scope: r["scope"], Medical: r["medical"] == "1",
			MathsAside: r["math_counts"] == "0", Status: r["status"]})
	}
	return out
}

func levelCode(levels []form.Level, zh string) string {
	i := slices.IndexFunc(levels, func(l form.Level) bool { return l.Zh == zh })
	if i < 0 {
		return ""
	}
	return levels[i].Code
}

func (t *tables) subjects() []Subject {
	const file = "adult_subjects.csv"
	var out []Subject
	for _, r := range t.rows(file) {
		out = append(out, Subject{Key: r["key"], Zh: r["name"], FullMark: t.number(file, r["full_mark"]), Status: r["status"]})
	}
	return out
}

func (t *tables) sittings() []Sitting {
	const file = "adult_sessions_2019.csv"
	var out []Sitting
	for _, r := range t.rows(file) {
		s := Sitting{Number: t.number(file, r["session"]), Date: r["date"], Start: r["start"], Status: r["status"]}
		for _, level := range strings.Split(r["levels"], "|") {
			end := r["end_gaoqi"]
			if level == "3" {
				end = r["end_zsb"]
			}
			s.Ends = append(s.Ends, EndTime{Level: level, At: end})
		}
		out = append(out, s)
	}
	return out
}

func (t *tables) bonuses() []Bonus {
	const file = "adult_bonus_kinds.csv"
	var out []Bonus
	for _, r := range t.rows(file) {
		out = append(out, Bonus{Code: r["code"], Zh: r["name"], Points: t.number(file, r["points"]), Evidence: r["evidence"],
			Automatic: r["auto"] == "1", Age: t.number(file, r["age"]), Status: r["status"]})
	}
	return out
}

func (t *tables) exemptions(levels []form.Level) []Exemption {
	var out []Exemption
	for _, r := range t.rows("adult_exemption_kinds.csv") {
		e := Exemption{Code: r["code"], Zh: r["name"], Levels: []string{}, Evidence: r["evidence"], Status: r["status"]}
		if r["levels"] != "all" {
			e.Levels = append(e.Levels, levelCode(levels, r["levels"]))
		}
		out = append(out, e)
	}
	return out
}

func (t *tables) catalogue() []Programme {
	var out []Programme
	for _, r := range t.rows("catalogue.csv") {
		out = append(out, Programme{School: r["school"], SchoolName: r["school_name"], Major: r["major"], MajorName: r["major_name"],
			Level: r["level"], Category: r["category"], Class: r["class"], Form: r["form"], Years: r["years"], Remark: r["remark"]})
	}
	return out
}
