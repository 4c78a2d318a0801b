package demo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"zhunkao/hub"
	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// People of the demonstration: how many are registered at each point in turn,
// and the seed that makes them.
const (
	here      = 42
	elsewhere = 8
	seed      = 20190906
)

// Card is one entry of the emulators' deck.
type Card struct {
	Label string    `json:"label"`
	Note  string    `json:"note,omitempty"`
	Card  form.Chip `json:"card"`
}

// Seed makes a fresh hub in dir with the demonstration's mark: the 2019 adult
// campaign, Hunan's divisions and offices of its days, the points, staff and candidates.
// It returns the sign-ins and the cards that go with the candidates. portal is where
// candidates come in, so that the codes that the box shows are addresses which a
// telephone opens; "" leaves them text.
func Seed(ctx context.Context, dir, portal string) ([]Account, []Card, error) {
	return SeedIn(ctx, dir, datadir.Dir(dir).Database(), portal)
}

// SeedIn is Seed with the database at url, which is fresh; the folder holds the
// rest.
func SeedIn(ctx context.Context, dir, url, portal string) ([]Account, []Card, error) {
	return Adult.seed(ctx, dir, url, portal)
}

func (e Examination) seed(ctx context.Context, dir, url, portal string) ([]Account, []Card, error) {
	d := datadir.Dir(dir)
	if err := d.Create(); err != nil {
		return nil, nil, err
	}
	ring, err := keys.Open(d.Keys(), keys.Options{Create: true})
	if err != nil {
		return nil, nil, err
	}
	database, err := db.Open(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	defer database.Close()
	if err := database.MarkDemo(ctx); err != nil {
		return nil, nil, err
	}
	rules := e.rules()
	rules.Portal.Address = portal
	people := e.candidates(rules)
	bundle, err := campaign.Encode(rules)
	if err != nil {
		return nil, nil, err
	}
	blobs, err := blob.Locate(ctx, database, d.Blobs(), "")
	if err != nil {
		return nil, nil, err
	}
	defer blobs.Close()
	at := e.Start
	f := &flow.Flow{Candidates: candidate.New(ring, func() time.Time { return at }), Keys: ring, Now: func() time.Time { return at }}
	m := &maker{e: e, db: database, keys: ring, blobs: blobs, flow: f, at: &at, rules: rules,
		by: flow.By{Author: journal.Author{Kind: journal.ByOperator, ID: "demo"}, Source: "demo"}}
	if err := m.begin(ctx, bundle); err != nil {
		return nil, nil, fmt.Errorf("demo: seed: %w", err)
	}
	if err := m.sites(ctx); err != nil {
		return nil, nil, fmt.Errorf("demo: sites: %w", err)
	}
	everybody := append(slices.Clip(people), m.abroad()...)
	if err := m.register(ctx, everybody); err != nil {
		return nil, nil, fmt.Errorf("demo: seed: %w", err)
	}
	at = e.Start
	applicants, err := m.accountsOf(ctx, everybody)
	if err != nil {
		return nil, nil, fmt.Errorf("demo: applicants: %w", err)
	}
	if err := showApplicants(ctx, database, applicants); err != nil {
		return nil, nil, err
	}
	accounts, err := e.hire(ctx, database, ring, m.by.Author)
	if err != nil {
		return nil, nil, err
	}
	if err := m.offices(ctx); err != nil {
		return nil, nil, fmt.Errorf("demo: offices: %w", err)
	}
	if err := show(ctx, database, accounts); err != nil {
		return nil, nil, err
	}
	return accounts, e.deck(rules, people), nil
}

func (e Examination) candidates(rules campaign.Campaign) []synthetic.Person {
	at := make([]synthetic.Point, 0, here+elsewhere)
	for i := range here + elsewhere {
		// Every sixth or so is registered at the other point.
		p := e.points[0]
		if i%6 == 5 && i/6 < elsewhere {
			p = e.points[1]
		}
		at = append(at, synthetic.Point{Code: p.Code, Division: p.Division})
	}
	return synthetic.Candidates(rules, seed, here+elsewhere, at...)
}

func (e Examination) hire(ctx context.Context, database *db.DB, ring *keys.Ring, by journal.Author) ([]Account, error) {
	desk := staff.New(staff.Options{DB: database, Keys: ring, Now: func() time.Time { return e.Start }})
	var offices []org.Office
	if err := database.Read(ctx, func(tx *db.Tx) (err error) {
		offices, err = org.Offices(ctx, tx, "430000")
		return err
	}); err != nil {
		return nil, err
	}
	office := func(division string) (string, error) {
		for _, o := range offices {
			if o.Division == division || o.ID == division {
				return o.ID, nil
			}
		}
		return "", fmt.Errorf("demo: no office for division %s", division)
	}
	var out []Account
	type post struct {
		title, titleEN, name, display, division, point string
		role                                           staff.Role
	}
	posts := []post{
		{e.words.policy, "Province, admissions", "sheng", "邓志远", "430000-1", "", staff.ProvinceAdmin},
		{"省教育考试院信息处（两人签字的另一人）", "Province, information (the second to sign)", "xinxi", "文思源", "430000-2", "", staff.ProvinceOperator},
		{"省纪检监察组（编排时抽取随机数的第三家）", "Province, discipline inspection (the third who draws for the arrangement)", "jijian", "罗敏", "430000-2", "", staff.ProvinceOperator},
		{"长沙市考试机构", "City of Changsha", "changsha", "周敏", "430100", "", staff.CityOperator},
		{"岳麓区招办", "County of Yuelu", "yuelu", "谭丽华", "430104", "", staff.CountyOperator},
		{"天心区招办（看不到岳麓区）", "County of Tianxin (cannot see Yuelu)", "tianxin", "彭建国", "430103", "", staff.CountyOperator},
		{"岳麓区" + e.words.place, "Clerk at the point in Yuelu", "quereren", "陈晓", "430104", e.points[0].Code, staff.Clerk},
		{"岳麓区" + e.words.place + "负责人", "Head of the point in Yuelu", "fuzeren", "曾庆华", "430104", e.points[0].Code, staff.PointHead},
		{"终端技术员", "Technician", "jishu", "罗工", "430100", "", staff.Technician},
	}
	if e.second {
		posts = slices.Insert(posts, 5, post{"岳麓区招办（两人办理的另一人）", "County of Yuelu (the second person)", "yuelu2", "向立新", "430104", "", staff.CountyOperator})
	}
	for _, p := range posts {
		id, err := office(p.division)
		if err != nil {
			return nil, err
		}
		password, secret := drawPassword(), staff.NewSecret()
		if _, err := desk.Create(ctx, staff.NewAccount{
			Name: p.name, Display: p.display, Role: p.role, Office: id, Point: p.point, Password: password, Secret: secret,
		}, by); err != nil {
			return nil, fmt.Errorf("demo: account %s: %w", p.name, err)
		}
		out = append(out, Account{Title: p.title, TitleEN: p.titleEN, User: p.name, Password: password, Secret: secret})
	}
	return out, nil
}

// show has the hub's sign-in page list the accounts; their codes it knows itself.
func show(ctx context.Context, database *db.DB, accounts []Account) error {
	var list []console.Account
	for _, a := range accounts {
		list = append(list, console.Account{Login: a.User, Password: a.Password, Who: a.Title})
	}
	b, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return database.SetMeta(ctx, hub.MetaDemoAccounts, string(b))
}

// drawPassword makes a password that is easy to type: twelve letters and digits in threes.
func drawPassword() string {
	t := strings.ToLower(rand.Text())
	return t[0:4] + "-" + t[4:8] + "-" + t[8:12]
}

// deck is the cards on the emulators' panel: every candidate's, and one of
// somebody who never registered.
func (e Examination) deck(rules campaign.Campaign, people []synthetic.Person) []Card {
	cards := make([]Card, 0, len(people)+1)
	for _, p := range people {
		note := string(p.Flaw)
		if p.Application.Point != e.points[0].Code {
			note = "elsewhere"
		}
		cards = append(cards, Card{Label: p.Chip.Name.Reveal(), Note: note, Card: p.Chip})
	}
	stranger := synthetic.Stranger(rules, seed)
	return append(cards, Card{Label: stranger.Name.Reveal(), Note: "stranger", Card: stranger})
}

// writeJSON writes v durably enough for a demonstration: whole or not at all.
func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// prepare makes what a first start lacks and returns the sign-ins. A folder
// whose making was broken off is made anew: nothing in it was anybody's yet.
func prepare(ctx context.Context, e Examination, l Layout, p Ports) ([]Account, error) {
	var accounts []Account
	b, err := os.ReadFile(l.Staff())
	if err == nil {
		err = json.Unmarshal(b, &accounts)
		return accounts, err
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for _, d := range []string{l.Hub(), l.Box(), l.ClockState()} {
		if err := os.RemoveAll(d); err != nil {
			return nil, err
		}
	}
	accounts, cards, err := e.seed(ctx, l.Hub(), datadir.Dir(l.Hub()).Database(), "http://"+p.Hub())
	if err != nil {
		return nil, err
	}
	if err := writeJSON(l.Deck(), cards); err != nil {
		return nil, err
	}
	return accounts, writeJSON(l.Staff(), accounts)
}

// FirstPoint is where the adult demonstration's box stands.
func FirstPoint() org.Point { return points[0] }
