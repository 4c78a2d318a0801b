package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/incident"
	"zhunkao/hub/payment/teller"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// When a channel is said to fail for many (A59): of at least so many requests in so
// long, so many percent came to nothing. Below that it is a bad minute of the network,
// which the schedule of questions mends by itself.
const (
	AlarmSpan     = 10 * time.Minute
	AlarmRequests = 20
	AlarmPercent  = 30
)

// Failing gives the channels that fail for many now.
func Failing(ctx context.Context, tx *db.Tx, now time.Time) (out []teller.Rate, err error) {
	all, err := teller.Rates(ctx, tx, now.Add(-AlarmSpan).UnixMilli())
	for _, r := range all {
		if Fails(r) {
			out = append(out, r)
		}
	}
	return out, err
}

// Fails reports whether figures are an alarm.
func Fails(r teller.Rate) bool { return r.Asked >= AlarmRequests && r.Failing() >= AlarmPercent }

// channelNames are the payment channels as an incident names them.
var channelNames = map[string]string{rules.ChannelWeChat: "微信支付", rules.ChannelAlipay: "支付宝", rules.ChannelUnionPay: "银联"}

// AlarmPayments reports each channel that fails for many as an incident of the
// province, once in a civil day, and says how many it reported.
func (f *Flow) AlarmPayments(ctx context.Context, d *db.DB) (reported int, err error) {
	now := f.Now()
	var all []teller.Rate
	if err := d.Ask(ctx, func(tx *db.Tx) (err error) { all, err = Failing(ctx, tx, now); return err }); err != nil || len(all) == 0 {
		return 0, err
	}
	for _, r := range all {
		sum := sha256.Sum256([]byte("payment " + r.Channel + " " + now.In(window.Zone()).Format(time.DateOnly)))
		id := hex.EncodeToString(sum[:16])
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := incident.Get(ctx, tx, id); err == nil {
				return nil
			}
			home, err := provinceOf(ctx, tx)
			if err != nil || home == "" {
				return err
			}
			name := channelNames[r.Channel]
			if name == "" {
				name = r.Channel
			}
			i := incident.Incident{ID: id, Kind: incident.Payment, Severity: incident.Serious, Division: home, Started: now.Add(-AlarmSpan).UnixMilli(),
				What: fmt.Sprintf("%s：最近 %d 分钟 %d 次请求，%d 次没有答复，%d 次被拒，失败 %d%%", name, int(AlarmSpan.Minutes()), r.Asked, r.Away, r.Refused, r.Failing()),
				Need: "在“缴费故障”里看影响到谁，通知他们；时间不够的，给这些考生延长缴费时间"}
			if _, err := f.ReportIncident(ctx, tx, i, incident.Actor{Division: home}, Hub()); err != nil {
				return err
			}
			reported++
			return nil
		})
		if err != nil {
			return reported, err
		}
	}
	return reported, nil
}

// provinceOf is the province of the campaigns in force, "" before there is one.
func provinceOf(ctx context.Context, tx *db.Tx) (string, error) {
	all, err := campaign.List(ctx, tx)
	if err != nil || len(all) == 0 {
		return "", err
	}
	v, err := campaign.Latest(ctx, tx, all[0].Campaign)
	if err != nil {
		return "", err
	}
	c, err := v.Decode()
	return c.Province, err
}
