package printer

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/OpenPrinting/goipp"

	"zhunkao/hw/fault"
)

// Past is a job that another run of a program began and did not see to its end.
type Past struct {
	Name, Sign string // as its Document had them
	ID         int    // as JobAccepted said it; 0: the run ended before that
}

// Follow goes on following a job of another run. It sends nothing: what the printer
// does not know by its sign ends as Unknown, and so does a job about which no word
// comes for a minute. Otherwise it is as Print's. Before Run, which cancels what
// other runs left and nobody follows.
func (p *Printer) Follow(ctx context.Context, past Past) (*Job, error) {
	if !isSign(past.Sign) || past.ID < 0 {
		return nil, errors.New("printer: a job of another run without a sign")
	}
	return p.start(ctx, Document{Name: past.Name, Sign: past.Sign}, func(j *Job, ctx context.Context) JobEnded {
		j.past, j.id, j.who.strict = true, past.ID, true
		var amiss error
		if j.id == 0 {
			amiss = fault.New(fault.Line, "print", "another run ended while it sent the document", nil)
			var err error
			if j.id, err = j.find(ctx); err != nil || j.id == 0 {
				return JobEnded{Outcome: Unknown, Err: errors.Join(amiss, err)}
			}
		}
		j.say(JobAccepted{ID: j.id})
		return j.follow(ctx, nil, amiss)
	})
}

// Disown has a job of another run cancelled before the next document goes, if the
// printer still has it: somebody has said that it did not come out, and it must not
// do so beside its second print.
func (p *Printer) Disown(past Past) {
	if past.ID > 0 && isSign(past.Sign) {
		p.abandon(stray{id: past.ID, who: identity{name: strings.TrimSpace(past.Name + " " + past.Sign), nonce: past.Sign, strict: true}})
	}
}

// find looks for the job among those that the printer has, and had; 0 if it is not
// there. A printer that is away is asked for as long as one with a job.
func (j *Job) find(ctx context.Context) (id int, err error) {
	for end := time.Now().Add(j.p.times.adrift); ; {
		if id, err = j.lookUp(ctx); err == nil || time.Now().After(end) || wait(ctx, j.p.times.again) != nil {
			return id, err
		}
	}
}

func (j *Job) lookUp(ctx context.Context) (int, error) {
	for _, which := range []string{"not-completed", "completed"} {
		m := j.p.wire.request(goipp.OpGetJobs)
		m.Operation.Add(goipp.MakeAttr("requesting-user-name", goipp.TagName, goipp.String(j.p.opt.User)))
		m.Operation.Add(goipp.MakeAttr("limit", goipp.TagInteger, goipp.Integer(maxSwept)))
		m.Operation.Add(keywordsAttr("requested-attributes", []string{"job-id", "job-name"}))
		m.Operation.Add(goipp.MakeAttr("which-jobs", goipp.TagKeyword, goipp.String(which)))
		r, err := j.p.wire.ask(ctx, m, j.p.times.probe)
		if err == nil && !r.ok() {
			err = statusFault(goipp.OpGetJobs, r)
		}
		if err != nil {
			return 0, err
		}
		at := slices.IndexFunc(r.Groups, func(g goipp.Group) bool {
			return g.Tag == goipp.TagJobGroup && strings.Contains(values(g.Attrs).string("job-name"), j.nonce)
		})
		if at >= 0 {
			id, _ := values(r.Groups[at].Attrs).int("job-id")
			return max(id, 0), nil
		}
	}
	return 0, nil
}
