package flow

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/results"
	"zhunkao/hub/seating"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// The acts of the campaign's table by which results come in, and go out on paper.
const (
	ActImportResults   = "import-results"
	ActImportAdmission = "import-admission"
	ActPrintRegister   = "print-register"
)

// ErrNotSat says that the examination is not over: it has no results yet (A6).
var ErrNotSat = errors.New("flow: the examination is not over")

// ExamEnds is when the campaign's last day of examination is over; zero if it names none.
func ExamEnds(c rules.Campaign) (last time.Time) {
	for _, w := range window.Latest(c.Windows, stepSit) {
		if w.To.After(last) {
			last = w.To
		}
	}
	return last
}

// stepSit is the step of the calendar in which the examination is sat.
const stepSit = "sit"

// ActOfResults is the act that a kind of table needs.
func ActOfResults(k results.Kind) string {
	if k == results.OfAdmission {
		return ActImportAdmission
	}
	return ActImportResults
}

// ResultPeople finds the candidates of a campaign by the numbers that a table of results
// names them by: tickets of the published arrangement, and candidate numbers.
func (f *Flow) ResultPeople(c rules.Campaign) results.Finder {
	automatic := map[string]bool{}
	for _, b := range c.Bonuses {
		automatic[b.Code] = b.Automatic
	}
	return func(ctx context.Context, tx *db.Tx, tickets, candidates []string) (byTicket, byCandidate map[string]results.Person, err error) {
		seats := map[string]string{}
		if v, ok, err := seating.Current(ctx, tx, c.ID); err != nil {
			return nil, nil, err
		} else if ok {
			if seats, err = seating.ApplicationsOf(ctx, tx, v.ID, tickets); err != nil {
				return nil, nil, err
			}
		}
		issued, err := f.Candidates.IssuedTo(ctx, tx, c.ID, candidates)
		if err != nil {
			return nil, nil, err
		}
		found, err := f.Candidates.GetAll(ctx, tx, slices.Concat(slices.Collect(maps.Values(seats)), slices.Collect(maps.Values(issued))))
		if err != nil {
			return nil, nil, err
		}
		people := make(map[string]results.Person, len(found))
		for id, who := range found {
			app, first := who.Application, who.Application.First()
			p := results.Person{Application: id, Name: app.Name().Reveal(), Level: first.Level, Category: first.Category, Born: app.Get(form.BirthDate)}
			for _, claim := range app.Claims {
				p.Claims = p.Claims || claim.Kind == form.BonusClaim && !automatic[claim.Code]
			}
			people[id] = p
		}
		named := func(numbers map[string]string) map[string]results.Person {
			out := make(map[string]results.Person, len(numbers))
			for number, id := range numbers {
				if p, there := people[id]; there { // else erased since
					out[number] = p
				}
			}
			return out
		}
		return named(seats), named(issued), nil
	}
}

// ShowResults journals that a table was read and judged. Nothing of it counts.
func (f *Flow) ShowResults(ctx context.Context, tx *db.Tx, i results.Import, by By) error {
	return f.resultsDone(ctx, tx, journal.ResultsShown, i, "", nil, by)
}

// ApplyResults makes a table count and tells everybody whom it gives something new;
// candidates see it from openAt on, ms, or at once if that is over. ErrReason,
// results.ErrState, results.ErrStale.
func (f *Flow) ApplyResults(ctx context.Context, tx *db.Tx, id string, openAt int64, reason string, by By, second string) (results.Import, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return results.Import{}, ErrReason
	}
	now := f.Now().UnixMilli()
	openAt = max(openAt, now)
	i, err := results.Apply(ctx, tx, id, by.Author.ID, second, now, openAt)
	if err != nil {
		return i, err
	}
	if err := notice.Begin(ctx, tx, roundResults, resultsRound(i), openAt); err != nil { // not before they may see it
		return i, err
	}
	return i, f.resultsDone(ctx, tx, journal.ResultsApplied, i, reason, map[string]string{"open": ms(openAt), detailSecond: second}, by)
}

// UndoResults takes a table out of what counts, as one act: what counted before it counts
// again. Whom it had given something is told. ErrReason, results.ErrState.
func (f *Flow) UndoResults(ctx context.Context, tx *db.Tx, id, reason string, by By, second string) (results.Import, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return results.Import{}, ErrReason
	}
	now := f.Now().UnixMilli()
	i, err := results.Undo(ctx, tx, id, by.Author.ID, second, reason, now)
	if err != nil {
		return i, err
	}
	untold, err := notice.Drop(ctx, tx, roundResults, resultsRound(i))
	if err == nil && !untold {
		err = notice.Begin(ctx, tx, roundResults, i.ID+" undone 0", now)
	}
	if err != nil {
		return i, err
	}
	return i, f.resultsDone(ctx, tx, journal.ResultsUndone, i, reason, map[string]string{detailSecond: second}, by)
}

// DropResults puts away a table that is not to be applied. results.ErrState.
func (f *Flow) DropResults(ctx context.Context, tx *db.Tx, id string, by By) error {
	i, err := results.Drop(ctx, tx, id, by.Author.ID, f.Now().UnixMilli())
	if err != nil {
		return err
	}
	return f.resultsDone(ctx, tx, journal.ResultsDropped, i, "", nil, by)
}

func (f *Flow) resultsDone(ctx context.Context, tx *db.Tx, act journal.Act, i results.Import, reason string, more map[string]string, by By) error {
	detail := map[string]string{"kind": string(i.Kind), "rows": strconv.Itoa(i.Rows), "refused": strconv.Itoa(i.Refused), "sha256": i.SHA256}
	for k, v := range more {
		detail[k] = v
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfResults, ID: i.ID}, Campaign: i.Campaign, Reason: reason, Detail: detail})
}

// MakeRegister journals that the register forms of a school were made (A53): they show
// whole numbers of documents.
func (f *Flow) MakeRegister(ctx context.Context, tx *db.Tx, c rules.Campaign, school string, people int, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: journal.RegisterMade, Subject: journal.Subject{Kind: journal.OfCampaign, ID: c.ID}, Campaign: c.ID, Division: c.Province,
		Detail: map[string]string{"school": school, "people": strconv.Itoa(people)}})
}

// roundResults tells those of a table; its reference is the import, what came of it, and
// from when it is seen.
const roundResults = "results"

// resultsRound is the reference of the round that tells of a table.
func resultsRound(i results.Import) string { return i.ID + " " + string(i.Kind) + " " + ms(i.OpenAt) }

var errRound = errors.New("flow: tell: a round of results that nobody can read")

// resultsShare gives the next ones of such a round.
func resultsShare(ctx context.Context, tx *db.Tx, r notice.Round) (out []notice.Notice, after string, err error) {
	ref := strings.Fields(r.Ref)
	if len(ref) != 3 {
		return nil, "", errRound
	}
	kind := map[string]notice.Kind{string(results.OfScores): notice.ScoresOut, string(results.OfAdmission): notice.AdmissionOut, "undone": notice.ResultsUndone}[ref[1]]
	if kind == "" {
		return nil, "", errRound
	}
	args := map[string]string{}
	if kind != notice.ResultsUndone {
		args["from"] = ref[2]
	}
	people, err := results.People(ctx, tx, ref[0], r.After, tellAtOnce)
	for _, id := range people {
		out = append(out, notice.Notice{Application: id, Kind: kind, Args: args, At: r.At})
	}
	if len(people) == tellAtOnce {
		after = people[len(people)-1]
	}
	return out, after, err
}
