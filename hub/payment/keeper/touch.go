package keeper

import (
	"zhunkao/hub/journal"
)

// touch is an application whose order an entry may change.
type touch struct {
	application string
	campaign    string
	since       int64 // when she came to be able to pay by it, ms; 0: it gives nobody time
}

// touchedBy gives the applications that entries speak of, each once, with the latest
// moment at which she came to be able to pay; and campaigns of which everybody is to be
// looked at: with a new version, or with a list of the end that was taken back whole.
func touchedBy(entries []journal.Sealed) (all []touch, campaigns []string) {
	at := map[string]int{}
	for _, e := range entries {
		if e.Act == journal.CampaignPublished && e.Result == "" {
			campaigns = append(campaigns, e.Subject.ID)
			continue
		}
		if e.Act == journal.EndingReversed && e.Result == "" {
			campaigns = append(campaigns, e.Campaign)
			continue
		}
		t, ok := touchOf(e.Entry)
		if !ok {
			continue
		}
		i, seen := at[t.application]
		if !seen {
			at[t.application] = len(all)
			all = append(all, t)
			continue
		}
		all[i].since = max(all[i].since, t.since)
	}
	return all, campaigns
}

// touchOf says whose order an entry may change. An act that is not here changes none.
func touchOf(e journal.Entry) (touch, bool) {
	t := touch{campaign: e.Campaign, application: e.Detail["application"]}
	switch e.Act {
	case journal.ConfirmationReceived, journal.ConfirmationDecided, journal.OrderRefunded:
		t.since = e.At.UnixMilli()
	case journal.ConfirmationDisputed, journal.ConfirmationVoided, journal.PapersRefused, journal.DataErased:
	case journal.PaymentReverted, journal.EndingRestored: // what changed while she had paid, or was void, is done now
	case journal.ApplicationRegistered, journal.ApplicationEdited, journal.ApplicationMoved, journal.ApplicationWithdrawn, journal.ApplicationApart:
		t.application = e.Subject.ID
	default:
		return t, false
	}
	if t.application == "" && e.Subject.Kind == journal.OfApplication {
		t.application = e.Subject.ID
	}
	return t, t.application != "" && e.Result == ""
}
