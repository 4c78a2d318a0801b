package flow

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/notice"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// A version of a campaign that comes into force may concern everybody. Who it
// does something to is known from its rehearsal; they are told some at a time, by
// TellRounds, from a round that is put in with the version. Whoever submitted
// after the rehearsal began is not in it: she was judged by the rules of that day,
// and finds on her own page what the new ones ask. That steps open and close at
// other times is one message to everybody, without the times: hers depend on
// her place.

// roundRules is the kind of such a round; its reference is a rehearsal and the
// province.
const roundRules = "rules"

// tellAtOnce is how many are told in one transaction.
const tellAtOnce = 200

// herSteps are the steps that a candidate takes herself.
var herSteps = []window.Step{window.Register, window.Confirm, window.Pay, window.PrintTicket}

// tellRules writes, with a version, what has to be told of it. old is the version
// in force before; rehearsal is "" for a first version, which concerns nobody.
func (f *Flow) tellRules(ctx context.Context, tx *db.Tx, old, v campaign.Version, rehearsal string) error {
	if rehearsal == "" || old.Version == 0 {
		return nil
	}
	before, err := old.Decode()
	if err != nil {
		return fmt.Errorf("flow: tell: version in force: %w", err)
	}
	now, err := v.Decode()
	if err != nil {
		return fmt.Errorf("flow: tell: %w", err)
	}
	at := f.Now().UnixMilli()
	for _, step := range changedSteps(before, now) {
		err := notice.Put(ctx, tx, notice.Notice{Campaign: v.Campaign, Kind: notice.WindowChanged, At: at,
			Args: map[string]string{"version": strconv.FormatUint(uint64(v.Version), 10), "step": string(step)}})
		if err != nil {
			return fmt.Errorf("flow: tell: %w", err)
		}
	}
	return notice.Begin(ctx, tx, roundRules, rehearsal+" "+now.Province+" "+strconv.FormatUint(uint64(v.Version), 10), at)
}

// changedSteps are those of her steps that open, close or pause at other times.
func changedSteps(old, now rules.Campaign) []window.Step {
	var out []window.Step
	for _, s := range herSteps {
		if !slices.EqualFunc(window.Latest(old.Windows, s), window.Latest(now.Windows, s), sameTimes) {
			out = append(out, s)
		}
	}
	return out
}

func sameTimes(a, b window.Window) bool {
	return a.From.Equal(b.From) && a.To.Equal(b.To) && reflect.DeepEqual(a.Scope, b.Scope) && slices.Equal(a.Hours, b.Hours) &&
		slices.EqualFunc(a.Pauses, b.Pauses, func(x, y window.Pause) bool { return x.From.Equal(y.From) && x.To.Equal(y.To) })
}

// TellRounds tells those whom a round concerns, a share in each transaction, and
// says how many it was. It ends when no round is left; one hub does it at a time,
// and were there two, each share is told once.
func (f *Flow) TellRounds(ctx context.Context, d *db.DB) (told int, err error) {
	for {
		var r notice.Round
		var some bool
		if err := d.Ask(ctx, func(tx *db.Tx) (err error) { r, some, err = notice.Oldest(ctx, tx, f.Now().UnixMilli()); return err }); err != nil || !some {
			return told, err
		}
		var n int
		if err := d.Write(ctx, func(tx *db.Tx) (err error) { n, err = f.tellShare(ctx, tx, r); return err }); err != nil {
			if errors.Is(err, errMoved) {
				continue // by another hub
			}
			return told, err
		}
		told += n
	}
}

var errMoved = errors.New("flow: a round was moved on by another hub")

// tellShare tells the next ones of a round.
func (f *Flow) tellShare(ctx context.Context, tx *db.Tx, r notice.Round) (int, error) {
	var all []notice.Notice
	var after string // "" when nobody is left
	var err error
	switch r.Kind {
	case roundRules:
		all, after, err = f.rulesShare(ctx, tx, r)
	case roundTrouble:
		all, after, err = troubleShare(ctx, tx, r)
	case roundEnding:
		all, after, err = endingShare(ctx, tx, r)
	case roundResults:
		all, after, err = resultsShare(ctx, tx, r)
	case roundSeats:
		all, after, err = seatsShare(ctx, tx, r)
	case roundLostSite:
		all, after, err = lostShare(ctx, tx, r)
	default:
		err = fmt.Errorf("flow: tell: a round of kind %q that nobody knows", r.Kind)
	}
	if err != nil {
		return 0, err
	}
	if err := notice.Put(ctx, tx, all...); err != nil {
		return 0, fmt.Errorf("flow: tell: %w", err)
	}
	moved, err := r.Move(ctx, tx, after, after == "")
	if err == nil && !moved {
		err = errMoved
	}
	return len(all), err
}

// rulesShare gives the next ones whom a version concerns.
func (f *Flow) rulesShare(ctx context.Context, tx *db.Tx, r notice.Round) (all []notice.Notice, after string, err error) {
	ref := strings.Fields(r.Ref)
	if len(ref) != 3 {
		return nil, "", fmt.Errorf("flow: tell: a round of rules that nobody can read")
	}
	effects, err := campaign.Effects(ctx, tx, ref[0], ref[1], 0, r.After, tellAtOnce)
	if err != nil {
		return nil, "", fmt.Errorf("flow: tell: %w", err)
	}
	for _, e := range effects {
		switch row, err := f.Candidates.Row(ctx, tx, e.Application); {
		case errors.Is(err, candidate.ErrNotFound):
			continue // erased meanwhile
		case err != nil:
			return nil, "", fmt.Errorf("flow: tell: %w", err)
		case row.State == candidate.Withdrawn:
			continue
		}
		all = append(all, effectNotices(e, ref[2], r.At)...)
	}
	if len(effects) == tellAtOnce {
		after = effects[len(effects)-1].Application
	}
	return all, after, nil
}

// effectNotices says what a version does to one application: what she must mend
// first, and what she pays.
func effectNotices(e campaign.Effect, version string, at int64) (out []notice.Notice) {
	add := func(k notice.Kind, args map[string]string) {
		args["version"] = version
		out = append(out, notice.Notice{Application: e.Application, Kind: k, Args: args, At: at})
	}
	switch {
	case e.Kinds&campaign.Choice != 0:
		add(notice.RulesChoice, map[string]string{"codes": codes(e.Codes)})
	case e.Kinds&campaign.Invalid != 0:
		add(notice.RulesInvalid, map[string]string{"codes": codes(e.Codes)})
	case e.Kinds&campaign.Valid != 0:
		add(notice.RulesValid, map[string]string{})
	}
	if e.Kinds&campaign.Fee != 0 {
		add(notice.RulesFee, map[string]string{"old": strconv.FormatInt(e.OldFee, 10), "new": strconv.FormatInt(e.NewFee, 10)})
	}
	return out
}

// codes joins the first few findings; a message has not room for all, and her
// own page has.
func codes(all []string) string {
	s := ""
	for _, c := range all {
		if len(s)+2+len(c) > 150 {
			break
		}
		if s != "" {
			s += ", "
		}
		s += c
	}
	return s
}
