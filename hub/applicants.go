package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/db"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/notice"
	"zhunkao/hub/web/guard"
	"zhunkao/hub/web/portal"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
)

// MetaDemoApplicants is the key of the meta table under which the demonstration
// keeps the applicants' sign-ins that it shows: a JSON list of pages.Account.
const MetaDemoApplicants = "demo.applicants"

// openApplicants opens what only the applicants' entrance needs.
func (h *Hub) openApplicants(context.Context) error {
	h.outbox = notice.NewOutbox(h.keys, nil)
	h.accounts = applicant.New(applicant.Options{DB: h.db, Keys: h.keys, Hasher: h.hasher, Now: h.Now,
		SendCode: func(ctx context.Context, tx *db.Tx, phone identity.Phone, code string, life time.Duration) error {
			err := h.outbox.Text(ctx, tx, phone, notice.TextCode, map[string]string{"code": code, "minutes": fmt.Sprint(int(life.Minutes()))})
			if errors.Is(err, notice.ErrTooMany) {
				return nil // to say so would tell what the number was used for
			}
			return err
		},
		Write: h.flow.Told})
	h.flow.Mark, h.flow.Outbox, h.flow.PhoneOf = dispatch.Mark(h.keys), h.outbox, h.accounts.Phone
	return nil
}

// portal builds the applicants' entrance.
func (h *Hub) portal(fonts *sheet.Fonts) (*portal.Portal, error) {
	o := portal.Options{DB: h.db, Blob: h.blobs, Keys: h.keys, Accounts: h.accounts, Drafts: h.flow.Drafts(), Flow: h.flow,
		Teller: h.teller, Tickets: h.tickets.Made, Bundles: h.tickets.Bundles, Slips: h.intake, Texts: h.outbox, Fonts: fonts, TLS: h.config.TLSCert != "", Limits: &guard.Limits{}, Log: h.log}
	if h.clock != nil {
		o.MoveClock = h.clock.Move
	}
	if h.db.Demo() {
		text, err := h.db.Meta(context.Background(), MetaDemoApplicants)
		if err != nil {
			return nil, err
		}
		if text != "" {
			if err := json.Unmarshal([]byte(text), &o.DemoAccounts); err != nil {
				return nil, fmt.Errorf("demonstration's applicants: %w", err)
			}
		}
	}
	p, err := portal.New(o)
	if err == nil {
		h.guard = p.Guard()
	}
	return p, err
}

// DemoApplicant is one of the sign-ins kept under MetaDemoApplicants.
type DemoApplicant = pages.Account
