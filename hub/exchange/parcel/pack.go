package parcel

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"strings"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/exchange"
	"zhunkao/hub/org"
	"zhunkao/hub/scratch"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// How often a packer looks for work, says that it lives, and for how long one
// that says nothing is believed to live.
const (
	look  = 2 * time.Second
	beat  = 5 * time.Second
	quiet = time.Minute
)

// Packer packs parcels. Any number may run on one database.
type Packer struct {
	DB         *db.DB
	Keys       Keys
	Candidates *candidate.Store
	Now        func() time.Time // the hub's civil clock
	Log        *slog.Logger
}

// Run packs what is asked for and does away with what has ended, until ctx ends.
// What fails is tried again or set aside; it never ends the hub.
func (k *Packer) Run(ctx context.Context) error {
	t := time.NewTicker(look)
	defer t.Stop()
	for {
		for worked := true; worked && ctx.Err() == nil; {
			var err error
			if worked, err = k.Once(ctx); err != nil && ctx.Err() == nil {
				k.Log.Warn("parcel: will try again", "error", err.Error())
				break
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// Once does away with what has ended and packs one parcel, if one waits.
func (k *Packer) Once(ctx context.Context) (worked bool, err error) {
	if err := k.sweep(ctx); err != nil {
		return false, err
	}
	p, err := k.claim(ctx)
	if err != nil || p.ID == "" {
		return false, err
	}
	fault := ""
	if err := k.pack(ctx, p); err != nil {
		if ctx.Err() != nil {
			return true, k.giveBack(context.WithoutCancel(ctx), p.ID)
		}
		fault = word(err)
		k.Log.Warn("parcel: could not be packed", "parcel", p.ID, "fault", fault, "error", err.Error())
	}
	if fault == "" {
		return true, nil
	}
	return true, k.DB.Write(ctx, func(tx *db.Tx) error {
		if err := step(ctx, tx, p.ID, Packing, Failed, ""); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE parcel SET fault = $1 WHERE id = $2`, fault, p.ID); err != nil {
			return err
		}
		return drop(ctx, tx, p.ID)
	})
}

// word says why a parcel failed, without a value.
func word(err error) string {
	var refused *exchange.Refused
	switch {
	case errors.As(err, &refused):
		return "values"
	case errors.Is(err, exchange.ErrMapping), errors.Is(err, campaign.ErrNotFound):
		return "mapping"
	}
	return "fault"
}

// sweep does away with parcels whose day is over, and gives back those whose
// hub has died.
func (k *Packer) sweep(ctx context.Context) error {
	now, silent := k.Now().UnixMilli(), time.Now().Add(-quiet).UnixMilli()
	var over, lost []string
	err := k.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT id, state FROM parcel WHERE state IN ('waiting', 'ready') AND ends_at <= $1 OR state = 'packing' AND beat < $2`,
			[]any{now, silent}, func(scan func(...any) error) error {
				var id, state string
				err := scan(&id, &state)
				if state == string(Packing) {
					lost = append(lost, id)
				} else {
					over = append(over, id)
				}
				return err
			})
	})
	if err != nil {
		return fmt.Errorf("parcel: sweep: %w", err)
	}
	for _, id := range lost {
		if err := k.giveBack(ctx, id); err != nil {
			return err
		}
	}
	for _, id := range over {
		err := k.DB.Write(ctx, func(tx *db.Tx) error {
			n, err := tx.Exec(ctx, `UPDATE parcel SET state = 'expired' WHERE id = $1 AND state IN ('waiting', 'ready') AND ends_at <= $2`, id, now)
			if err != nil || n == 0 {
				return err
			}
			return drop(ctx, tx, id)
		})
		if err != nil {
			return fmt.Errorf("parcel: sweep: %w", err)
		}
	}
	return nil
}

// giveBack lets another pack what this one began.
func (k *Packer) giveBack(ctx context.Context, id string) error {
	return k.DB.Write(ctx, func(tx *db.Tx) error {
		if err := step(ctx, tx, id, Packing, Queued, ""); err != nil {
			if errors.Is(err, ErrState) {
				return nil
			}
			return err
		}
		return drop(ctx, tx, id)
	})
}

// claim takes the oldest parcel that waits; the zero parcel if none does.
func (k *Packer) claim(ctx context.Context) (p Parcel, err error) {
	var id string
	err = k.DB.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(ctx, `SELECT id FROM parcel WHERE state = 'queued' ORDER BY asked_at, id LIMIT 1`).Scan(&id)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil || id == "" {
		return p, err
	}
	err = k.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE parcel SET state = 'packing', done = 0, beat = $1 WHERE id = $2 AND state = 'queued'`, time.Now().UnixMilli(), id)
		if err != nil || n == 0 { // another was faster
			p = Parcel{}
			return err
		}
		if err := drop(ctx, tx, id); err != nil {
			return err
		}
		p, err = Get(ctx, tx, id)
		return err
	})
	return p, err
}

// pack makes the ZIP of a parcel: the table, what stands beside it, a note.
func (k *Packer) pack(ctx context.Context, p Parcel) (err error) {
	out := &parts{ctx: ctx, db: k.DB, keys: k.Keys, id: p.ID}
	var beside scratch.File
	defer func() { err = errors.Join(err, beside.Close()) }()
	z := zip.NewWriter(out)
	var did exchange.Summary
	name := ""
	err = k.DB.Read(ctx, func(tx *db.Tx) error {
		job, err := k.job(ctx, tx, p)
		if err != nil {
			return err
		}
		name = exchange.FileName(job.camp, job.exchange, p.Division, k.Now().In(window.Zone()))
		total, err := candidate.Count(ctx, tx, p.Campaign, p.Division, p.Point)
		if err != nil {
			return err
		}
		if err := k.say(ctx, p.ID, 0, total); err != nil {
			return err
		}
		table, err := z.CreateHeader(&zip.FileHeader{Name: name + ".dbf", Method: zip.Deflate, Modified: k.Now()})
		if err != nil {
			return err
		}
		did, err = exchange.Export(ctx, job.rows(ctx, k, tx, p, total), job.camp, p.Exchange,
			exchange.Target{Table: table, Side: &beside, Rows: total, Updated: k.Now().In(window.Zone()), Cut: true})
		return err
	})
	if err != nil {
		return err
	}
	if err := k.rest(z, &beside, name, p, did); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := out.flush(); err != nil {
		return err
	}
	return k.DB.Write(ctx, func(tx *db.Tx) error {
		if err := step(ctx, tx, p.ID, Packing, Ready, ""); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE parcel SET done = $1, total = $1, beside = $2, size = $3, file = $4, ends_at = $5 WHERE id = $6`,
			did.Rows, did.Beside, out.size, name+".zip", k.Now().Add(Kept).UnixMilli(), p.ID)
		return err
	})
}

// rest puts the side file and the note beside the table.
func (k *Packer) rest(z *zip.Writer, beside *scratch.File, name string, p Parcel, did exchange.Summary) error {
	if beside.Size() > 0 {
		side, err := z.CreateHeader(&zip.FileHeader{Name: name + ".side.jsonl", Method: zip.Deflate, Modified: k.Now()})
		if err != nil {
			return err
		}
		r, err := beside.Reader()
		if err != nil {
			return err
		}
		if _, err := io.Copy(side, r); err != nil {
			return err
		}
	}
	note, err := z.CreateHeader(&zip.FileHeader{Name: "shuoming.txt", Method: zip.Deflate, Modified: k.Now()})
	if err != nil {
		return err
	}
	lines := []string{"\ufeff考生数据导出说明", "文件：" + name + ".dbf", fmt.Sprintf("行数：%d", did.Rows),
		fmt.Sprintf("附带文件中的值：%d 个（表中放不下或被替换的字，原文在 .side.jsonl，导入时请一并使用）", did.Beside),
		"申请人账号：" + p.AskedBy, "复核人账号：" + orDash(p.AgreedBy), "理由：" + p.Reason, "时间：" + k.Now().In(window.Zone()).Format("2006-01-02 15:04:05"),
		"记录号：" + p.Mark, "内含个人信息，只供所写理由使用，用完销毁，不得外传。导出已记入操作日志。", ""}
	_, err = io.WriteString(note, strings.Join(lines, "\r\n"))
	return err
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// say tells how far it is, and that this hub lives.
func (k *Packer) say(ctx context.Context, id string, done, total int64) error {
	return k.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE parcel SET done = $1, total = $2, beat = $3 WHERE id = $4 AND state = 'packing'`, done, total, time.Now().UnixMilli(), id)
		if err == nil && n == 0 {
			return ErrState // taken away meanwhile
		}
		return err
	})
}

// job is what the rows of a parcel are made with.
type job struct {
	camp     rules.Campaign
	exchange rules.Exchange
	points   map[string]string
}

func (k *Packer) job(ctx context.Context, tx *db.Tx, p Parcel) (j job, err error) {
	v, err := campaign.Latest(ctx, tx, p.Campaign)
	if err != nil {
		return j, err
	}
	if j.camp, err = v.Decode(); err != nil {
		return j, err
	}
	var ok bool
	if j.exchange, ok = j.camp.Exchange(p.Exchange); !ok {
		return j, exchange.ErrMapping
	}
	points, err := org.Points(ctx, tx, p.Division)
	j.points = map[string]string{}
	for _, x := range points {
		j.points[x.Code] = x.Name
	}
	return j, err
}

// rows gives every candidate of the place, and says now and then how far it is.
func (j job) rows(ctx context.Context, k *Packer, tx *db.Tx, p Parcel, total int64) iter.Seq2[exchange.Row, error] {
	return func(yield func(exchange.Row, error) bool) {
		done, told := int64(0), time.Now()
		stop := errors.New("parcel: enough")
		err := k.Candidates.Walk(ctx, tx, p.Campaign, p.Division, p.Point, func(f candidate.Found) error {
			if done++; time.Since(told) > beat {
				if err := k.say(ctx, p.ID, done, total); err != nil {
					return err
				}
				told = time.Now()
			}
			if !yield(j.row(f), nil) {
				return stop
			}
			return nil
		})
		if err != nil && !errors.Is(err, stop) {
			yield(exchange.Row{}, err)
		}
	}
}

// row is a candidate as an exchange takes her, with what the hub knows of her
// beside the application.
func (j job) row(f candidate.Found) exchange.Row {
	out := exchange.Row{Key: f.Application.Get(form.CandidateNumber), Application: f.Application, Facts: map[string]string{
		"point_name": j.points[f.Point], "county": f.Division, "city": org.Above(f.Division)}}
	if out.Key == "" {
		out.Key = f.ID
	}
	if f.ConfirmedAt > 0 {
		out.Facts["confirmed"] = time.UnixMilli(f.ConfirmedAt).In(window.Zone()).Format("20060102")
	}
	return out
}
