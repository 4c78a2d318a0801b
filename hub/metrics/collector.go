package metrics

import (
	"context"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"zhunkao/hub/backup"
	"zhunkao/hub/db"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/fleet"
	"zhunkao/hub/intake"
	"zhunkao/hub/measure"
	"zhunkao/hub/notice"
	"zhunkao/hub/payment/keeper"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/progress"
	"zhunkao/hub/staff"
	"zhunkao/hub/storage"
	"zhunkao/hub/web/guard"
)

// Broker is how the embedded broker is.
type Broker struct {
	Sessions    int
	Used, Limit uint64 // bytes
}

// Sources are asked at each scrape; one that is nil is left out.
type Sources struct {
	DB       *db.DB // required
	Now      func() time.Time
	Head     func() uint64 // number of the newest sealed entry
	Intake   func() (intake.Counts, intake.Meters)
	Dispatch func() dispatch.Counts
	Boxes    func() []fleet.Box
	Broker   func() (Broker, bool) // false: there is none, or it does not say
	SignIns  func() staff.Counts
	Storage  func() []storage.State
	Portal   func() (guard.State, bool) // false: nobody guards a portal here
	Payments func() []teller.Counts     // nil, or empty: no channels
	Version  string
}

// collector turns what the sources say into metrics.
type collector struct {
	s     Sources
	descs map[string]*prometheus.Desc
}

// described lists every metric of the collector: name, labels, help.
var described = []struct {
	name   string
	labels []string
	help   string
}{
	{"zhunkao_build_info", []string{"version", "go"}, "1; the labels say what runs."},
	{"zhunkao_intake_messages_total", nil, "Messages that boxes sent."},
	{"zhunkao_intake_bytes_total", nil, "Bytes of messages that boxes sent."},
	{"zhunkao_intake_dropped_total", nil, "Messages and records not taken because something was full or away; they come again."},
	{"zhunkao_intake_malformed_total", nil, "Messages that were none of the wire."},
	{"zhunkao_intake_waiting", nil, "Messages that wait for a lane."},
	{"zhunkao_records_total", []string{"result"}, "Records by what became of them."},
	{"zhunkao_intake_batch_records", nil, "Records of one commit."},
	{"zhunkao_record_commit_seconds", nil, "From a record's last part to its commit."},
	{"zhunkao_blob_put_seconds", nil, "Writing the blobs of one batch durably."},
	{"zhunkao_receipts_total", nil, "Envelopes that were receipted."},
	{"zhunkao_dispatch_messages_total", nil, "Messages handed to the connection."},
	{"zhunkao_dispatch_dropped_total", nil, "Messages that could not be said when they were due."},
	{"zhunkao_dispatch_queue", nil, "Messages that wait for the connection."},
	{"zhunkao_dispatch_queue_limit", nil, "Messages that may wait for the connection."},
	{"zhunkao_dispatch_boxes_waiting", nil, "Boxes that wait to be told something."},
	{"zhunkao_boxes", []string{"state", "heard"}, "Boxes by what they may do and whether they are heard."},
	{"zhunkao_box_records_waiting", nil, "Records in boxes that the hub has not receipted, as the boxes say."},
	{"zhunkao_box_sticks", []string{"state"}, "Boxes that are heard and have a port for a stick, by how it stands: written within 10 s (even), further behind or in trouble (behind), none in (out)."},
	{"zhunkao_box_stick_records_behind", nil, "Records that are in a box and not yet on the stick in it, as the boxes that are heard say."},
	{"zhunkao_box_stick_behind_seconds", nil, "How far a stick lies behind its box, the worst of the boxes that are heard."},
	{"zhunkao_broker_sessions", nil, "Connections at the embedded broker."},
	{"zhunkao_broker_store_bytes", nil, "Bytes in the embedded broker's store."},
	{"zhunkao_broker_store_limit_bytes", nil, "Bytes it may take."},
	{"zhunkao_portal_requests", []string{"who"}, "Requests of applicants in hand."},
	{"zhunkao_portal_requests_limit", []string{"who"}, "Requests of applicants that may be in hand."},
	{"zhunkao_portal_line_waiting", nil, "Applicants who wait in the line at this hub."},
	{"zhunkao_portal_line_wait_seconds", nil, "How long who comes now will wait, as the line moves; 0 when nobody waits or it is not known yet."},
	{"zhunkao_portal_let_in_total", nil, "Applicants who were let in."},
	{"zhunkao_portal_refused_total", []string{"why"}, "Pages that told an applicant to wait: in the line, for asking too often, because everything was busy."},
	{"zhunkao_payment_requests_total", []string{"channel", "result"}, "Requests of payment channels: answered, without an answer (away), refused."},
	{"zhunkao_payment_notices_total", []string{"channel", "result"}, "Notices of payment channels by what became of them."},
	{"zhunkao_payment_channel_down", []string{"channel"}, "1 while a payment channel gives this hub no answer."},
	{"zhunkao_journal_head", nil, "Number of the newest sealed entry."},
	{"zhunkao_journal_unsealed", nil, "Entries that are committed and not sealed yet, up to 10000."},
	{"zhunkao_journal_checkpoint_age_seconds", nil, "Civil time since the newest signed checkpoint; old is well while nothing happens."},
	{"zhunkao_orders_aside", nil, "Applications whose payment order could not be kept, and is tried again."},
	{"zhunkao_follower_lag_entries", []string{"follower"}, "Sealed entries that a follower of the journal has not taken yet."},
	{"zhunkao_database_up", nil, "1 when the database answered this scrape."},
	{"zhunkao_database_transaction_seconds", []string{"kind"}, "Whole transactions, what they waited for included."},
	{"zhunkao_database_transactions_failed_total", nil, "Writing transactions that came to nothing, refusals among them."},
	{"zhunkao_database_connections", []string{"pool", "state"}, "Connections to the database."},
	{"zhunkao_database_connections_limit", []string{"pool"}, "Connections there may be; 0 is without limit."},
	{"zhunkao_database_wait_seconds_total", []string{"pool"}, "Time that was waited for a connection."},
	{"zhunkao_sign_ins_total", []string{"result"}, "Attempts to sign in by how they ended."},
	{"zhunkao_texts", []string{"state"}, "Text messages in the outbox; what was sent or given up stays a week."},
	{"zhunkao_backup_age_seconds", nil, "Civil time since the newest finished backup began; not there before the first."},
	{"zhunkao_storage_used_ratio", []string{"place"}, "How full a place is that the hub writes to."},
	{"zhunkao_storage_alarm", []string{"place"}, "1 while a place is filling up."},
}

func newCollector(s Sources) *collector {
	c := &collector{s: s, descs: map[string]*prometheus.Desc{}}
	for _, d := range described {
		c.descs[d.name] = prometheus.NewDesc(d.name, d.help, d.labels, nil)
	}
	return c
}

// Describe lists the metrics, for the registry.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		out <- d
	}
}

// scrape is one asking of all sources.
type scrape struct {
	*collector
	out chan<- prometheus.Metric
}

func (s scrape) gauge(name string, v float64, labels ...string) {
	s.out <- prometheus.MustNewConstMetric(s.descs[name], prometheus.GaugeValue, v, labels...)
}

func (s scrape) count(name string, v uint64, labels ...string) { s.total(name, float64(v), labels...) }

func (s scrape) total(name string, v float64, labels ...string) {
	s.out <- prometheus.MustNewConstMetric(s.descs[name], prometheus.CounterValue, v, labels...)
}

func (s scrape) spread(name string, r measure.Reading, labels ...string) {
	s.out <- prometheus.MustNewConstHistogram(s.descs[name], r.Count, r.Sum, r.Up, labels...)
}

// Collect asks every source.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	s := scrape{c, out}
	s.gauge("zhunkao_build_info", 1, c.s.Version, runtime.Version())
	s.wire()
	s.boxes()
	s.database()
	if c.s.SignIns != nil {
		k := c.s.SignIns()
		s.count("zhunkao_sign_ins_total", k.Entered, "entered")
		s.count("zhunkao_sign_ins_total", k.Refused, "refused")
		s.count("zhunkao_sign_ins_total", k.Slowed, "slowed")
		s.count("zhunkao_sign_ins_total", k.Failed, "failed")
	}
	s.portal()
	s.payments()
	s.texts()
	if c.s.Storage != nil {
		for _, p := range c.s.Storage() {
			s.gauge("zhunkao_storage_used_ratio", float64(p.Percent)/100, string(p.Place))
			s.gauge("zhunkao_storage_alarm", truth(p.Alarm), string(p.Place))
		}
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (s scrape) portal() {
	if s.s.Portal == nil {
		return
	}
	p, ok := s.s.Portal()
	if !ok {
		return
	}
	s.gauge("zhunkao_portal_requests", float64(p.SignedIn), "signed-in")
	s.gauge("zhunkao_portal_requests", float64(p.Guests), "rest")
	s.gauge("zhunkao_portal_requests_limit", float64(p.MostSignedIn), "signed-in")
	s.gauge("zhunkao_portal_requests_limit", float64(p.MostGuests), "rest")
	s.gauge("zhunkao_portal_line_waiting", float64(p.Waiting))
	s.gauge("zhunkao_portal_line_wait_seconds", p.Wait.Seconds())
	s.count("zhunkao_portal_let_in_total", p.Counts.LetIn)
	s.count("zhunkao_portal_refused_total", p.Counts.Waits, "line")
	s.count("zhunkao_portal_refused_total", p.Counts.Often, "often")
	s.count("zhunkao_portal_refused_total", p.Counts.Busy, "busy")
}

func (s scrape) payments() {
	if s.s.Payments == nil {
		return
	}
	for _, c := range s.s.Payments() {
		s.gauge("zhunkao_payment_channel_down", truth(c.Down), c.Channel)
		for result, n := range map[string]uint64{"answered": c.Asked - min(c.Asked, c.Away+c.Refused), "away": c.Away, "refused": c.Refused} {
			s.count("zhunkao_payment_requests_total", n, c.Channel, result)
		}
		for result, n := range map[string]uint64{"booked": c.Booked, "known": c.Known, "forged": c.Forged, "foreign": c.Foreign, "unmeant": c.Unmeant, "conflict": c.Conflict, "busy": c.Busy} {
			s.count("zhunkao_payment_notices_total", n, c.Channel, result)
		}
	}
}

// texts are counted in the database: a hub that does not answer says so elsewhere.
func (s scrape) texts() {
	ctx, cancel := context.WithTimeout(context.Background(), textsWithin)
	defer cancel()
	var c notice.Counts
	err := s.s.DB.Ask(ctx, func(tx *db.Tx) (err error) { c, err = notice.Count(ctx, tx); return err })
	if err != nil {
		return
	}
	s.gauge("zhunkao_texts", float64(c.Waiting), string(notice.Waiting))
	s.gauge("zhunkao_texts", float64(c.Sent), string(notice.Sent))
	s.gauge("zhunkao_texts", float64(c.GivenUp), string(notice.GivenUp))
}

// textsWithin bounds how long a scrape waits for that.
const textsWithin = 2 * time.Second

func (s scrape) wire() {
	if s.s.Intake != nil {
		k, m := s.s.Intake()
		s.count("zhunkao_intake_messages_total", k.Messages)
		s.count("zhunkao_intake_bytes_total", m.Bytes)
		s.count("zhunkao_intake_dropped_total", k.Dropped)
		s.count("zhunkao_intake_malformed_total", k.Malformed)
		s.count("zhunkao_records_total", k.Accepted, "committed")
		s.count("zhunkao_records_total", k.Quarantined, "quarantined")
		s.count("zhunkao_records_total", k.Duplicates, "duplicate")
		s.spread("zhunkao_intake_batch_records", m.Batches)
		s.spread("zhunkao_record_commit_seconds", m.Took)
		s.spread("zhunkao_blob_put_seconds", m.Stored)
		waiting := 0
		for _, n := range m.Lanes {
			waiting += n
		}
		s.gauge("zhunkao_intake_waiting", float64(waiting))
	}
	if s.s.Dispatch != nil {
		k := s.s.Dispatch()
		s.count("zhunkao_receipts_total", k.Receipts)
		s.count("zhunkao_dispatch_messages_total", k.Said)
		s.count("zhunkao_dispatch_dropped_total", k.Dropped)
		s.gauge("zhunkao_dispatch_queue", float64(k.Queued))
		s.gauge("zhunkao_dispatch_queue_limit", float64(k.Room))
		s.gauge("zhunkao_dispatch_boxes_waiting", float64(k.Boxes))
	}
	if s.s.Broker != nil {
		if b, ok := s.s.Broker(); ok {
			s.gauge("zhunkao_broker_sessions", float64(b.Sessions))
			s.gauge("zhunkao_broker_store_bytes", float64(b.Used))
			s.gauge("zhunkao_broker_store_limit_bytes", float64(b.Limit))
		}
	}
}

// boxes counts each kind, also those of which there is none: a graph without a
// line reads as unknown.
func (s scrape) boxes() {
	if s.s.Boxes == nil {
		return
	}
	type kind struct{ state, heard string }
	counts, waiting := map[kind]int{}, uint64(0)
	var on sticks
	states := []fleet.State{fleet.Active, fleet.Frozen, fleet.Revoked}
	for _, b := range s.s.Boxes() {
		k := kind{string(b.State), "now"}
		switch {
		case b.Live.Seen == 0:
			k.heard = "never"
		case b.Live.Silent:
			k.heard = "silent"
		}
		if k.heard == "now" {
			on.add(b)
		}
		counts[k]++
		waiting += b.Live.Waiting
	}
	for _, state := range states {
		for _, heard := range []string{"now", "silent", "never"} {
			k := kind{string(state), heard}
			s.gauge("zhunkao_boxes", float64(counts[k]), k.state, k.heard)
		}
	}
	s.gauge("zhunkao_box_records_waiting", float64(waiting))
	s.gauge("zhunkao_box_sticks", float64(on.even), "even")
	s.gauge("zhunkao_box_sticks", float64(on.behind), "behind")
	s.gauge("zhunkao_box_sticks", float64(on.out), "out")
	s.gauge("zhunkao_box_stick_records_behind", float64(on.records))
	s.gauge("zhunkao_box_stick_behind_seconds", on.worst.Seconds())
}

// sticks counts how the sticks of boxes stand.
type sticks struct {
	even, behind, out int
	records           uint64
	worst             time.Duration
}

func (n *sticks) add(b fleet.Box) {
	switch {
	case b.Live.Stick == nil:
		return
	case !b.StickIn():
		n.out++
		return
	case b.StickWell():
		n.even++
	default:
		n.behind++
	}
	n.records += b.Live.Stick.Records
	n.worst = max(n.worst, b.Live.Stick.Behind)
}

// answersWithin bounds what one scrape waits for the database.
const answersWithin = 2 * time.Second

func (s scrape) database() {
	m := s.s.DB.Meters()
	s.spread("zhunkao_database_transaction_seconds", m.Write, "write")
	s.spread("zhunkao_database_transaction_seconds", m.Read, "read")
	s.count("zhunkao_database_transactions_failed_total", m.Failed)
	for pool, p := range m.Pools {
		s.gauge("zhunkao_database_connections", float64(p.InUse), pool, "in-use")
		s.gauge("zhunkao_database_connections", float64(p.Idle), pool, "idle")
		s.gauge("zhunkao_database_connections_limit", float64(p.MaxOpenConnections), pool)
		s.total("zhunkao_database_wait_seconds_total", p.WaitDuration.Seconds(), pool)
	}
	head := uint64(0)
	if s.s.Head != nil {
		head = s.s.Head()
		s.gauge("zhunkao_journal_head", float64(head))
	}
	ctx, cancel := context.WithTimeout(context.Background(), answersWithin)
	defer cancel()
	var unsealed, newest, aside int64
	var counted, kept uint64
	var copied backup.Backup
	err := s.s.DB.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM journal_entry WHERE number IS NULL LIMIT 10000) AS waiting`).Scan(&unsealed)
		if err != nil {
			return err
		}
		if err = tx.QueryRow(ctx, `SELECT coalesce(max(at), 0) FROM journal_checkpoint`).Scan(&newest); err != nil {
			return err
		}
		if copied, _, err = backup.Newest(ctx, tx); err != nil {
			return err
		}
		if kept, err = keeper.Position(ctx, tx); err != nil {
			return err
		}
		if aside, err = keeper.Waiting(ctx, tx); err != nil {
			return err
		}
		counted, err = progress.Position(ctx, tx)
		return err
	})
	s.gauge("zhunkao_database_up", truth(err == nil))
	if err != nil {
		return
	}
	s.gauge("zhunkao_journal_unsealed", float64(unsealed))
	s.gauge("zhunkao_orders_aside", float64(aside))
	if newest > 0 && s.s.Now != nil {
		s.gauge("zhunkao_journal_checkpoint_age_seconds", max(0, s.s.Now().Sub(time.UnixMilli(newest)).Seconds()))
	}
	if copied.Begun > 0 && s.s.Now != nil {
		s.gauge("zhunkao_backup_age_seconds", max(0, s.s.Now().Sub(time.UnixMilli(copied.Begun)).Seconds()))
	}
	if s.s.Head != nil {
		s.gauge("zhunkao_follower_lag_entries", float64(head-min(head, counted)), "progress")
		s.gauge("zhunkao_follower_lag_entries", float64(head-min(head, kept)), "orders")
	}
}
