package results

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/exchange"
	"zhunkao/protocol/campaign"
)

// Finder gives candidates by the numbers of their tickets, and by candidate numbers. A
// number that is nobody's is left out.
type Finder func(ctx context.Context, tx *db.Tx, tickets, candidates []string) (byTicket, byCandidate map[string]Person, err error)

// Showing is a table to be read and judged.
type Showing struct {
	Campaign campaign.Campaign
	Kind     Kind
	File     io.ReaderAt
	Size     int64
	By       string // staff
	At       int64  // ms
	Find     Finder

	// Journal writes down, in the transaction by which an import is shown, that it is;
	// where it fails nothing of the import stays.
	Journal func(ctx context.Context, tx *db.Tx, i Import) error
}

// atOnce is how many rows are judged and written together.
const atOnce = 500

// longestRead is how long reading a table may take: a province's takes minutes. What is read
// for longer was left by a hub that died.
const longestRead = time.Hour

// MaxRefusals is how many refusals of a table are kept to be shown.
const MaxRefusals = 200

// place is where a row stands.
type place struct {
	sheet string
	row   int
}

// row is one as it was read.
type row struct {
	number            int
	ticket, candidate string
	cells             exchange.Cells
	faults            []exchange.Refusal
}

// showing is a Showing under way.
type showing struct {
	Showing
	d        *db.DB
	judge    *judge
	out      Import
	rows     []row
	seen     map[string]place // by application
	refusals []exchange.Refusal
}

// Show reads a table, judges every row, and keeps what it found for Apply. Nothing of it
// counts. exchange.ErrSheet or a *dbf.Fault for a file that is no table of its kind.
func Show(ctx context.Context, d *db.DB, x Showing) (Import, error) {
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(x.File, 0, x.Size)); err != nil {
		return Import{}, err
	}
	s := &showing{Showing: x, d: d, judge: newJudge(x.Campaign, x.Kind), seen: map[string]place{},
		out: Import{ID: hex.EncodeToString(id), Campaign: x.Campaign.ID, Kind: x.Kind, State: Reading, SHA256: hex.EncodeToString(hash.Sum(nil)), ShownAt: x.At, ShownBy: x.By}}
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		if err = sweep(ctx, tx, x.At-longestRead.Milliseconds()); err != nil {
			return err
		}
		if s.out.base, err = base(ctx, tx, s.out.Campaign, s.out.Kind); err != nil {
			return err
		}
		return insert(ctx, tx, s.out)
	})
	if err != nil {
		return Import{}, err
	}
	columns, header := table(x.Campaign, x.Kind)
	err = exchange.ReadTable(x.File, x.Size, exchange.Table{Columns: columns, Header: header, Row: func(c exchange.Cells, faults []exchange.Refusal) error {
		s.rows = append(s.rows, row{number: c.Number, ticket: digits(c.Get(colTicket)), candidate: digits(c.Get(colCandidate)), cells: c.Kept(), faults: faults})
		if len(s.rows) < atOnce {
			return nil
		}
		return s.flush(ctx)
	}})
	if err == nil {
		err = s.flush(ctx)
	}
	if err == nil {
		err = d.Write(ctx, func(tx *db.Tx) error {
			if err := s.finish(ctx, tx); err != nil || x.Journal == nil {
				return err
			}
			return x.Journal(ctx, tx, s.out)
		})
	}
	if err != nil {
		_ = d.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error { return remove(ctx, tx, s.out.ID) })
		return Import{}, err
	}
	return s.out, nil
}

// digits takes out what people put between the groups of a number.
func digits(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] != ' ' && s[i] != '-' {
			out = append(out, s[i])
		}
	}
	return string(out)
}

// kept is a row that was judged good.
type kept struct {
	position    int
	sheet       string
	row         int
	application string
	school      string
	body        []byte
	undecided   bool
}

func (s *showing) flush(ctx context.Context) error {
	if len(s.rows) == 0 {
		return nil
	}
	rows := s.rows
	s.rows = s.rows[:0]
	tickets, candidates := numbers(rows)
	var byTicket, byCandidate map[string]Person
	var good []kept
	if err := s.d.Read(ctx, func(tx *db.Tx) (err error) {
		byTicket, byCandidate, err = s.Find(ctx, tx, tickets, candidates)
		return err
	}); err != nil {
		return err
	}
	for _, r := range rows {
		s.out.Rows++
		k, refused := s.one(r, byTicket, byCandidate)
		if len(refused) > 0 {
			s.out.Refused++
			s.refusals = append(s.refusals, refused[:min(len(refused), max(0, MaxRefusals-len(s.refusals)))]...)
			continue
		}
		s.seen[k.application] = place{r.cells.Sheet, r.number}
		k.position, k.sheet = s.out.Rows, r.cells.Sheet
		good = append(good, k)
	}
	before := s.out
	return s.d.Write(ctx, func(tx *db.Tx) error {
		s.out = before // the function may be run again
		return s.keep(ctx, tx, good)
	})
}

// one judges a row.
func (s *showing) one(r row, byTicket, byCandidate map[string]Person) (k kept, refused []exchange.Refusal) {
	if len(r.faults) > 0 {
		return k, r.faults
	}
	refuse := func(key, code, zh, en string) (kept, []exchange.Refusal) {
		return kept{}, []exchange.Refusal{r.cells.Refuse(key, code, zh, en)}
	}
	p, found := byTicket[r.ticket]
	if r.ticket == "" {
		p, found = byCandidate[r.candidate]
	}
	switch other, there := byCandidate[r.candidate]; {
	case r.ticket == "" && r.candidate == "":
		return refuse(colTicket, exchange.CellMissing, "没有准考证号或者考生号，请填写。", "neither ticket number nor candidate number: fill it in")
	case !found:
		return refuse(colTicket, NobodyThere, "没有考生用这个号码，请核对；号码前面的0不能丢。", "no candidate has this number: look at it again; zeros in front must not be lost")
	case r.ticket != "" && r.candidate != "" && (!there || other.Application != p.Application):
		return refuse(colCandidate, TwoPeople, "准考证号和考生号不是同一个人的，请核对。", "ticket number and candidate number are not one person's: look at both")
	}
	if name := r.cells.Get(colName); name != "" && !alike(name, p.Name) {
		return refuse(colName, OtherName, "这个号码的考生不是这个姓名，请核对是不是错行。", "the candidate of this number has another name: see whether rows have slipped")
	}
	if above, twice := s.seen[p.Application]; twice {
		zh, en := fmt.Sprintf("和第%d行是同一名考生，请留一行。", above.row), fmt.Sprintf("the candidate of row %d: keep one of them", above.row)
		if above.sheet != r.cells.Sheet {
			zh, en = fmt.Sprintf("和工作表“%s”第%d行是同一名考生，请留一行。", above.sheet, above.row), fmt.Sprintf("the candidate of sheet %s row %d: keep one of them", above.sheet, above.row)
		}
		return refuse(colTicket, Twice, zh, en)
	}
	k = kept{row: r.number, application: p.Application}
	var err error
	switch s.Kind {
	case OfScores:
		var scores Scores
		if scores, refused = s.judge.scores(r.cells, p); len(refused) == 0 {
			k.undecided = p.Claims && r.cells.Get(colFeature) == ""
			k.body, err = json.Marshal(scores)
		}
	default:
		var a Admission
		if a, refused = s.judge.admission(r.cells, p); len(refused) == 0 {
			k.school = a.School
			k.body, err = json.Marshal(a)
		}
	}
	if err != nil {
		return refuse("", exchange.BadText, "这一行无法保存，请重新输入。", "the row cannot be kept: type it again")
	}
	return k, refused
}
