package flow

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/access"
	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
)

// IssueToken is the act, in the campaign's table, of giving another system a
// token for the API.
const IssueToken = "issue-token"

// tokenAct gives how many persons give a token out, and whether they say why. A
// campaign that says nothing, or no campaign, asks two persons for a reason.
func (f *Flow) tokenAct(ctx context.Context, tx *db.Tx) (rules.Act, error) {
	act := rules.Act{Key: IssueToken, Tier: rules.Province, Persons: 2, Reason: true}
	all, err := campaign.List(ctx, tx)
	if err != nil || len(all) == 0 {
		return act, err
	}
	// The strictest of the campaigns in force: a token knows no campaign.
	found := false
	for i, v := range all {
		if i > 0 && all[i-1].Campaign == v.Campaign {
			continue // an older version
		}
		v, err := campaign.Latest(ctx, tx, v.Campaign)
		if err != nil {
			return act, err
		}
		c, err := v.Decode()
		if err != nil {
			return act, fmt.Errorf("flow: version in force: %w", err)
		}
		for _, a := range c.Acts {
			switch {
			case a.Key != IssueToken:
			case !found:
				act, found = a, true
			default:
				act.Persons, act.Reason = max(act.Persons, a.Persons), act.Reason || a.Reason
			}
		}
	}
	return act, nil
}

// AskToken notes that a token is wanted: its Name, Scopes, Division, Days and
// Reason. Where the table of acts asks one person only, it is given out at once
// and secret is the token. Errors: ErrReason, access.ErrToken.
func (f *Flow) AskToken(ctx context.Context, tx *db.Tx, t access.Token, by By) (secret string, _ access.Token, err error) {
	act, err := f.tokenAct(ctx, tx)
	if err != nil {
		return "", t, err
	}
	t.Name, t.Reason = strings.TrimSpace(t.Name), strings.TrimSpace(t.Reason)
	if act.Reason && t.Reason == "" {
		return "", t, ErrReason
	}
	t.AskedBy, t.AskedAt = by.Author.ID, f.Now().UnixMilli()
	if t, err = access.Ask(ctx, tx, t); err != nil {
		return "", t, err
	}
	if err := f.writeToken(ctx, tx, journal.TokenAsked, t, t.Reason, by); err != nil {
		return "", t, err
	}
	if act.Persons < 2 {
		return f.giveToken(ctx, tx, t.ID, by)
	}
	return "", t, nil
}

// AgreeToken is the second person's word: the token is drawn, and given this
// once. Errors: ErrSamePerson, ErrDependent, access.ErrNotFound, access.ErrState.
func (f *Flow) AgreeToken(ctx context.Context, tx *db.Tx, id string, by By) (secret string, _ access.Token, err error) {
	t, err := access.Get(ctx, tx, id)
	if err != nil {
		return "", t, err
	}
	err = f.beside(ctx, tx, []staff.Word{{Account: t.AskedBy, At: t.AskedAt}}, by, journal.Entry{
		Subject: journal.Subject{Kind: journal.OfToken, ID: t.ID}, Division: t.Division, Detail: map[string]string{"act": IssueToken}})
	if err != nil {
		return "", t, err
	}
	return f.giveToken(ctx, tx, id, by)
}

func (f *Flow) giveToken(ctx context.Context, tx *db.Tx, id string, by By) (string, access.Token, error) {
	secret, t, err := access.Issue(ctx, tx, id, by.Author.ID, f.Now().UnixMilli(), time.Now())
	if err != nil {
		return "", t, err
	}
	return secret, t, f.writeToken(ctx, tx, journal.TokenIssued, t, "", by)
}

// RevokeToken takes a token back at once; one person is enough. Errors:
// ErrReason, access.ErrNotFound, access.ErrState.
func (f *Flow) RevokeToken(ctx context.Context, tx *db.Tx, id, reason string, by By) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	t, err := access.Revoke(ctx, tx, id, by.Author.ID, f.Now().UnixMilli())
	if err != nil {
		return err
	}
	return f.writeToken(ctx, tx, journal.TokenRevoked, t, reason, by)
}

func (f *Flow) writeToken(ctx context.Context, tx *db.Tx, act journal.Act, t access.Token, reason string, by By) error {
	var scopes []string
	for _, s := range t.Scopes {
		scopes = append(scopes, string(s))
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfToken, ID: t.ID},
		Division: t.Division, Reason: reason, Detail: map[string]string{"scopes": strings.Join(scopes, " "), "days": strconv.Itoa(t.Days)}})
}
