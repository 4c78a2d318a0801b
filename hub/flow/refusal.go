package flow

import (
	"errors"

	"zhunkao/hub/campaign"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
)

// CampaignRefusal names a refusal on a version's way into force, for the
// catalogues of whoever shows it; "" for anything else.
func CampaignRefusal(err error) string {
	for _, r := range []struct {
		err  error
		code string
	}{
		{campaign.ErrNoDraft, "no-draft"},
		{campaign.ErrOvertaken, "draft-overtaken"},
		{campaign.ErrNoRehearsal, "no-rehearsal"},
		{campaign.ErrStale, "rehearsal-stale"},
		{campaign.ErrBusy, "rehearsal-busy"},
		{campaign.ErrStopped, "rehearsal-halted"},
		{campaign.ErrSigned, "signed-already"},
		{campaign.ErrVersion, "version-low"},
		{rules.ErrBundle, "no-bundle"},
		{ErrPerson, "not-signer"},
		{ErrDependent, "not-independent"},
		{ErrReason, "reason-needed"},
		{ErrUnsigned, "unsigned"},
		{staff.ErrRefused, "sign-in-refused"},
		{staff.ErrSlow, "sign-in-slow"},
	} {
		if errors.Is(err, r.err) {
			return r.code
		}
	}
	var problem campaign.ProblemError
	if errors.As(err, &problem) {
		return "bundle-problems"
	}
	return ""
}
