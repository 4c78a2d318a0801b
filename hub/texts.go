package hub

import (
	"context"
	"errors"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/db"
	"zhunkao/hub/notice"
	"zhunkao/protocol/identity"
)

// courier carries the text messages of the outbox: into files in the data
// directory, or where --texts says, for the province's own program to send.
func (h *Hub) courier() *notice.Courier {
	dir := h.config.Texts
	if dir == "" {
		dir = h.dir.Texts()
	}
	return notice.NewCourier(notice.CourierOptions{DB: h.db, Outbox: h.outbox, Carrier: &notice.Files{Dir: dir}, Phones: h.phoneOf, Log: h.log})
}

// phoneOf finds the telephone of whoever a message belongs to; "" when nobody
// has an account for the application, or the account has gone.
func (h *Hub) phoneOf(ctx context.Context, tx *db.Tx, n notice.Notice) (identity.Phone, error) {
	account := n.Account
	if n.Application != "" {
		var err error
		if account, err = applicant.AccountOf(ctx, tx, n.Application); err != nil {
			return "", err
		}
	}
	if account == "" {
		return "", nil
	}
	phone, err := h.accounts.Phone(ctx, tx, account)
	if errors.Is(err, applicant.ErrNotFound) {
		return "", nil
	}
	return phone, err
}

// tellEvery is how often somebody looks whether a round of messages is to be
// told: a version that was signed concerns many, and hours more would hurt them.
const tellEvery = 5 * time.Second

// tellRounds tells those whom a new version of a campaign concerns. Of several
// hubs one does so.
func (h *Hub) tellRounds(ctx context.Context) error {
	t := time.NewTicker(tellEvery)
	defer t.Stop()
	for {
		if err := h.tellOnce(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("messages of a round will go on", "worker", "messages", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

func (h *Hub) tellOnce(ctx context.Context) (err error) {
	some := false
	if err := h.db.Ask(ctx, func(tx *db.Tx) (err error) {
		_, some, err = notice.Oldest(ctx, tx, h.flow.Now().UnixMilli())
		return err
	}); err != nil || !some {
		return err
	}
	lead, err := h.db.TryLead(ctx, "messages")
	if err != nil || lead == nil {
		return err
	}
	defer func() { err = errors.Join(err, lead.Release(context.WithoutCancel(ctx))) }()
	n, err := h.flow.TellRounds(ctx, h.db)
	if n > 0 {
		h.log.Info("told whom a version concerns", "worker", "messages", "messages", n)
	}
	return err
}
