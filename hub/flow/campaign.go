package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
)

// ErrPerson says that an account is not one of those who may sign.
var ErrPerson = errors.New("flow: this account may not sign a campaign version")

// Draft stores a campaign version that is not in force. The same bundle again
// changes nothing. Errors: those of campaign.PutDraft.
func (f *Flow) Draft(ctx context.Context, tx *db.Tx, bundle []byte, by By) (campaign.Draft, error) {
	d, added, err := campaign.PutDraft(ctx, tx, bundle, by.Author.ID, f.Now().UnixMilli())
	if err != nil || !added {
		return d, err
	}
	return d, f.writeCampaign(ctx, tx, journal.CampaignDrafted, d, "", nil, by)
}

func (f *Flow) writeCampaign(ctx context.Context, tx *db.Tx, act journal.Act, d campaign.Draft, reason string, detail map[string]string, by By) error {
	all := map[string]string{"version": fmt.Sprint(d.Version), "digest": d.Name()}
	for k, v := range detail {
		all[k] = v
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfCampaign, ID: d.Campaign},
		Campaign: d.Campaign, Reason: reason, Detail: all})
}

// counts are a rehearsal's totals as the journal keeps them.
func counts(r campaign.Rehearsal) map[string]string {
	out := map[string]string{"rehearsal": r.ID, "against": fmt.Sprint(r.Against), "day": r.Day}
	for name, n := range map[string]int64{"applications": r.Applications, "invalid": r.Invalid, "valid": r.Valid, "choice": r.Choice,
		"fee": r.Fee, "unreadable": r.Unreadable} {
		out[name] = strconv.FormatInt(n, 10)
	}
	return out
}

// Rehearsing is a rehearsal that has begun and is still to be walked.
type Rehearsing struct {
	f    *Flow
	d    *db.DB
	walk *campaign.Walk
	by   By
}

// BeginRehearsal makes a rehearsal ready and journals that it begins; Run must
// follow. Errors: those of campaign.Begin.
func (f *Flow) BeginRehearsal(ctx context.Context, d *db.DB, digest []byte, by By) (*Rehearsing, error) {
	w, err := campaign.Begin(ctx, d, f.Candidates, digest, by.Author.ID, f.Now(), func(tx *db.Tx, r campaign.Rehearsal) error {
		return f.writeCampaign(ctx, tx, journal.CampaignRehearsalBegun, campaign.Draft{Campaign: r.Campaign, Version: r.Version, Digest: r.Digest}, "",
			map[string]string{"rehearsal": r.ID}, by)
	})
	if err != nil {
		return nil, err
	}
	return &Rehearsing{f, d, w, by}, nil
}

// Rehearsal is what has begun.
func (r *Rehearsing) Rehearsal() campaign.Rehearsal { return r.walk.Rehearsal }

// Run walks the draft over every application. It is the one step that takes no
// open transaction: it lasts as long as reading everything does, and others go
// on writing. progress, if not nil, is told how many of how many are done. It
// ends early when ctx ends, or with campaign.ErrStopped when somebody asked for
// that, and leaves nothing then.
func (r *Rehearsing) Run(ctx context.Context, progress func(done, of int64)) (out campaign.Rehearsal, err error) {
	w := r.walk
	defer func() { err = errors.Join(err, w.Close(ctx)) }()
	if err := w.Run(ctx, progress); err != nil {
		return campaign.Rehearsal{}, err
	}
	err = r.d.Write(ctx, func(tx *db.Tx) error {
		if err := w.Finish(ctx, tx, r.f.Now().UnixMilli()); err != nil {
			return err
		}
		return r.f.writeCampaign(ctx, tx, journal.CampaignRehearsed, campaign.Draft{Campaign: w.Campaign, Version: w.Version, Digest: w.Digest}, "",
			counts(w.Rehearsal), r.by)
	})
	if err != nil {
		return campaign.Rehearsal{}, err
	}
	return w.Rehearsal, nil
}

// Abandon gives up a rehearsal that was begun and never walked.
func (r *Rehearsing) Abandon(ctx context.Context) error { return r.walk.Close(ctx) }

// Rehearse is BeginRehearsal and Run for whoever waits for it.
func (f *Flow) Rehearse(ctx context.Context, d *db.DB, digest []byte, progress func(done, of int64), by By) (campaign.Rehearsal, error) {
	r, err := f.BeginRehearsal(ctx, d, digest, by)
	if err != nil {
		return campaign.Rehearsal{}, err
	}
	return r.Run(ctx, progress)
}

// StopRehearsal asks a rehearsal under way to stop, on whichever hub it runs.
// campaign.ErrNoRehearsal when it is not under way.
func (f *Flow) StopRehearsal(ctx context.Context, tx *db.Tx, r campaign.Rehearsal, by By) error {
	if err := campaign.AskToStop(ctx, tx, r.ID); err != nil {
		return err
	}
	return f.writeCampaign(ctx, tx, journal.CampaignRehearsalStopped, campaign.Draft{Campaign: r.Campaign, Version: r.Version, Digest: r.Digest}, "",
		map[string]string{"rehearsal": r.ID}, by)
}

// Sign adds one person's word that a draft be in force; who is the account,
// signed in or asked for her password just now. With the last word that the
// table of acts asks for, the draft is published in the same transaction, and
// the version comes back. Errors: ErrPerson, ErrReason, ErrDependent, those of
// campaign.Sign.
func (f *Flow) Sign(ctx context.Context, tx *db.Tx, digest []byte, who staff.Account, reason, source string) (campaign.Standing, *campaign.Version, error) {
	draft, err := campaign.GetDraft(ctx, tx, digest)
	if err != nil {
		return campaign.Standing{}, nil, err
	}
	act, err := campaign.ActOf(ctx, tx, draft.Campaign)
	if err != nil {
		return campaign.Standing{}, nil, err
	}
	reason = strings.TrimSpace(reason)
	if act.Reason && reason == "" {
		return campaign.Standing{}, nil, ErrReason
	}
	if !MaySign(act.Tier, who) {
		return campaign.Standing{}, nil, ErrPerson
	}
	by := By{Author: journal.Author{Kind: journal.ByStaff, ID: who.ID}, Source: source}
	if err := f.besideSigners(ctx, tx, draft, act, by); err != nil {
		return campaign.Standing{}, nil, err
	}
	s, err := campaign.Sign(ctx, tx, digest, campaign.Signature{Account: who.ID, Reason: reason, At: f.Now().UnixMilli()})
	if err != nil {
		return campaign.Standing{}, nil, err
	}
	if s.Signatures, err = standing(ctx, tx, s); err != nil {
		return campaign.Standing{}, nil, err
	}
	detail := counts(s.Rehearsal)
	detail["changed"], detail["moved"] = strconv.FormatInt(s.Changed, 10), strconv.FormatBool(s.Moved)
	detail["signed"] = fmt.Sprintf("%d/%d", len(s.Signatures), act.Persons)
	if err := f.writeCampaign(ctx, tx, journal.CampaignSigned, draft, reason, detail, by); err != nil {
		return campaign.Standing{}, nil, err
	}
	if !s.Enough() {
		return s, nil, nil
	}
	v, err := f.publish(ctx, tx, draft.Bundle, map[string]string{"rehearsal": s.Rehearsal.ID}, by)
	if err != nil {
		return campaign.Standing{}, nil, err
	}
	return s, &v, nil
}

// besideSigners asks that a signature would be another person's than those that
// stand. Who signed already is told so by campaign.Sign.
func (f *Flow) besideSigners(ctx context.Context, tx *db.Tx, draft campaign.Draft, act rules.Act, by By) error {
	if act.Persons < 2 {
		return nil
	}
	s, err := campaign.Stand(ctx, tx, draft.Digest)
	if err != nil {
		return err
	}
	signed, err := standing(ctx, tx, s)
	if err != nil {
		return err
	}
	var words []staff.Word
	for _, x := range signed {
		if x.Account != by.Author.ID {
			words = append(words, staff.Word{Account: x.Account, At: x.At})
		}
	}
	return f.beside(ctx, tx, words, by, journal.Entry{Subject: journal.Subject{Kind: journal.OfCampaign, ID: draft.Campaign},
		Campaign: draft.Campaign, Detail: map[string]string{"act": act.Key, "version": fmt.Sprint(draft.Version), "digest": draft.Name()}})
}

// standing are the signatures that count now: those of persons who could still
// sign. An account that was disabled meanwhile, or has another role, has no word;
// nor has one that is not surely another person's than those before it.
func standing(ctx context.Context, tx *db.Tx, s campaign.Standing) (out []campaign.Signature, err error) {
	var words []staff.Word
	for _, by := range s.Signatures {
		who, err := staff.Get(ctx, tx, by.Account)
		if err != nil {
			return nil, err
		}
		if !MaySign(s.Act.Tier, who) {
			continue
		}
		w := staff.Word{Account: by.Account, At: by.At}
		if more, err := adds(ctx, tx, words, w); err != nil {
			return nil, err
		} else if more {
			words, out = append(words, w), append(out, by)
		}
	}
	return out, nil
}

// Signed is what came of one person's signature.
type Signed struct {
	campaign.Standing
	Draft     string `json:"draft"`
	Version   uint32 `json:"version"`
	Published bool   `json:"published"` // it was the last signature that was missing
}

// SignAt is Sign for whoever comes to the machine itself: the account is asked
// for its password and a one-time code, and is signed in for no longer than
// that. Who has no authenticator yet, or no password of her own, is refused. Errors: those of
// Sign, of campaign.FindDraft, and staff.ErrRefused and staff.ErrSlow.
func (f *Flow) SignAt(ctx context.Context, d *db.DB, desk *staff.Desk, draft, account, password, code, reason string) (Signed, error) {
	const source = "hubctl"
	var found campaign.Draft
	if err := d.Read(ctx, func(tx *db.Tx) (err error) {
		found, err = campaign.FindDraft(ctx, tx, draft)
		return err
	}); err != nil {
		return Signed{}, err
	}
	token, session, err := desk.SignIn(ctx, account, password, code, source)
	if err != nil {
		return Signed{}, err
	}
	if session.Account.Unready() {
		return Signed{}, errors.Join(staff.ErrRefused, desk.SignOut(ctx, token))
	}
	out := Signed{Draft: found.Name(), Version: found.Version}
	err = d.Write(ctx, func(tx *db.Tx) error {
		s, v, err := f.Sign(ctx, tx, found.Digest, session.Account, reason, source)
		out.Standing, out.Published = s, v != nil
		return err
	})
	err = f.Refused(ctx, d, err)
	return out, errors.Join(err, desk.SignOut(ctx, token))
}

// MaySign reports whether an account is one of those who may sign for a tier.
func MaySign(t rules.Tier, who staff.Account) bool {
	return !who.Disabled && slices.Contains(signers(t), who.Role)
}

// signers are the roles that speak for a tier. Technicians belong to every
// tier and decide nothing.
func signers(t rules.Tier) []staff.Role {
	switch t {
	case rules.Province:
		return []staff.Role{staff.ProvinceAdmin, staff.ProvinceOperator}
	case rules.City:
		return []staff.Role{staff.CityOperator}
	case rules.County:
		return []staff.Role{staff.CountyOperator}
	case rules.Point:
		return []staff.Role{staff.PointHead, staff.Clerk}
	}
	return nil
}
