package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/storage"
	"zhunkao/protocol/window"
)

// TestStorageAlarm: who runs the hub is told on the first page what is filling
// up and what to do, in both languages, and nobody else is; the banner goes when
// the alarm goes (S31).
func TestStorageAlarm(t *testing.T) {
	var alarms []storage.State
	w := newWorld(t, func(_ *testing.T, w *world) { w.options.Storage = func() []storage.State { return alarms } })
	w.write(t.Context(), func(tx *db.Tx) error {
		return w.flow.SeeStorage(t.Context(), tx, true, map[string]string{"place": "disk", "percent": "83"})
	})
	w.sealedUp()
	words := map[string]string{"disk": "省中心数据盘已用到 83%", "broker": "收件队列已用到 91%", "database": "数据库已用到 80%", "database-disk": "数据库所在的盘已用到 99%"}
	none := func(who string) {
		t.Helper()
		for _, path := range []string{"/gl", "/gl/part/dashboard"} {
			if _, page := w.as(who).get(path); strings.Contains(page, "已用到") {
				t.Errorf("%s is told of storage at %s", who, path)
			}
		}
	}
	none("po")
	alarms = []storage.State{{Place: storage.Disk, Percent: 83, Reading: storage.Reading{Used: 83 << 30, Limit: 100 << 30}},
		{Place: storage.Broker, Percent: 91}, {Place: storage.Database, Percent: 80}, {Place: storage.DatabaseDisk, Percent: 99}}
	for _, who := range []string{"pa", "po"} {
		for _, path := range []string{"/gl", "/gl/part/dashboard"} {
			_, page := w.as(who).get(path)
			text := textOf(page)
			for _, word := range words {
				if !strings.Contains(text, word) {
					t.Errorf("%s at %s is not told %q", who, path, word)
				}
			}
			for _, do := range []string{"请机房今天扩容", "先看数据盘和数据库有没有空间", "请数据库管理员扩容", "不要动数据库自己的文件"} {
				if !strings.Contains(text, do) {
					t.Errorf("%s at %s is not told what to do: %q", who, path, do)
				}
			}
		}
	}
	for _, who := range []string{"ci", "co", "cl"} {
		none(who)
	}
	if _, page := w.as("po").get("/gl/journal?act=storage.filling"); !strings.Contains(textOf(page), "存储将满") || !strings.Contains(textOf(page), "省中心数据盘") {
		t.Error("the journal does not say what is filling up")
	}
	w.as("po").post("/gl/language", url.Values{"lang": {"en"}}, "/gl")
	if _, page := w.as("po").get("/gl"); !strings.Contains(textOf(page), "data disk: 83% used") {
		t.Error("no English")
	}
	alarms = nil
	none("po")
}

// TestBoxStorage: a box whose disk is filling up is shown as one to look at, not
// as one that is broken, with words that say what to do; a real fault goes
// before, and without it nothing is said.
func TestBoxStorage(t *testing.T) {
	w := newWorld(t)
	box := w.boxes[pointHere]
	say := func(devices ...fleet.Device) string {
		t.Helper()
		w.fleet.Say(box.ID, fleet.Word{Epoch: box.Epoch, Head: 2, Live: fleet.Live{Devices: devices}})
		res, page := w.as("te").get("/gl/boxes/" + box.ID)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%d", res.StatusCode)
		}
		return textOf(page)
	}
	reader := fleet.Device{Name: "idcard", State: "ready"}
	for fault, words := range map[string][]string{
		"disk filling":  {"存储将满", "存储盘已用到 80% 以上", "剩余不到 5%"},
		"store filling": {"存储将满", "记录库已用到上限的 80% 以上", "请省中心先备份一次"},
	} {
		page := say(reader, fleet.Device{Name: "storage", State: "fault", Fault: fault})
		for _, word := range words {
			if !strings.Contains(page, word) {
				t.Errorf("%s: the page does not say %q", fault, word)
			}
		}
		if _, list := w.as("te").get("/gl/boxes"); !strings.Contains(textOf(list), "存储将满") {
			t.Errorf("%s: the list does not say it", fault)
		}
	}
	if page := say(fleet.Device{Name: "idcard", State: "fault"}, fleet.Device{Name: "storage", State: "fault", Fault: "disk filling"}); strings.Contains(page, "存储将满") || !strings.Contains(page, "剩余不到 5%") {
		t.Error("a broken reader does not go before, or the words are gone")
	}
	if page := say(reader, fleet.Device{Name: "storage", State: "ready"}); strings.Contains(page, "将满") || strings.Contains(page, "80%") {
		t.Error("a box with room is said to fill up")
	}
}

// TestBackupOverdue: who runs the hub is told that boxes keep their records for want
// of a backup; nobody else is, and a backup ends it.
func TestBackupOverdue(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	says := func(who, words string) bool {
		_, page := w.as(who).get("/gl")
		return strings.Contains(textOf(page), words)
	}
	if says("pa", "还没有做过备份") {
		t.Error("it is overdue on the first day")
	}
	w.write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE box SET held = 1, enrolled_at = $1`, w.flow.Now().Add(-48*time.Hour).UnixMilli())
		return err
	})
	if !says("pa", "还没有做过备份") || !says("po", "hubctl backup begin") || says("te", "还没有做过备份") {
		t.Error("it is not said to the province, or to others too")
	}
	w.write(ctx, func(tx *db.Tx) error {
		b, err := w.flow.BeginBackup(ctx, tx, flow.Operator())
		if err != nil {
			return err
		}
		return w.flow.FinishBackup(ctx, tx, b.Number, true, flow.Operator())
	})
	w.sealedUp()
	if says("pa", "备份") {
		t.Error("after a backup it is still overdue")
	}
	w.write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE backup SET begun_at = $1`, w.flow.Now().Add(-40*time.Hour).UnixMilli())
		return err
	})
	if !says("pa", "备份该做了") {
		t.Error("an old backup is not said to be")
	}
}

// TestBoxStick: how far the stick lies behind its box stands on the page of the box;
// one in trouble makes it a box to look at, one that is out does not.
func TestBoxStick(t *testing.T) {
	w := newWorld(t)
	box := w.boxes[pointHere]
	say := func(state, fault string, is *fleet.Stick) (page, list string) {
		t.Helper()
		devices := []fleet.Device{{Name: "idcard", State: "ready"}, {Name: fleet.DeviceStick, State: state, Fault: fault}}
		w.fleet.Say(box.ID, fleet.Word{Epoch: box.Epoch, Head: 2, Live: fleet.Live{Devices: devices, Stick: is, Kept: 7, Backup: 3}})
		_, page = w.as("te").get("/gl/boxes/" + box.ID)
		_, list = w.as("te").get("/gl/boxes")
		return textOf(page), textOf(list)
	}
	page, list := say("ready", "", &fleet.Stick{})
	if !strings.Contains(page, "已写全，和终端一样") || !strings.Contains(page, "7 份，只有省中心能打开") || !strings.Contains(page, "备份已到第 3 条") || strings.Contains(list, "U盘要看") {
		t.Error("a stick that is even, or what the box keeps, is not said")
	}
	page, list = say("fault", "stick behind", &fleet.Stick{Records: 412, Bytes: 17 << 20, Behind: 12500 * time.Millisecond})
	for _, want := range []string{"还差 412 份", "最久的等了 12 秒", "U盘落后10秒以上", "换一个快的"} {
		if !strings.Contains(page, want) {
			t.Errorf("of one that is behind the page does not say %q", want)
		}
	}
	if !strings.Contains(list, "U盘要看") {
		t.Error("the list does not say it")
	}
	page, list = say("absent", "", &fleet.Stick{Records: 5})
	if !strings.Contains(page, "没有插") || strings.Contains(page, "还差") || strings.Contains(list, "U盘要看") || strings.Contains(list, "有设备出错") {
		t.Error("none in is taken for trouble, or not said")
	}
}

// TestBoxStops: why a box takes nobody new, since when and what to do stands on
// its page and in the list; of one that is silent for two weeks stands when it will.
func TestBoxStops(t *testing.T) {
	w := newWorld(t)
	box := w.boxes[pointHere]
	since := w.flow.Now().Add(-50 * time.Minute)
	w.fleet.Say(box.ID, fleet.Word{Epoch: box.Epoch, Head: 2, Live: fleet.Live{Blocked: "tamper", BlockedSince: since.UnixMilli()}})
	_, page := w.as("te").get("/gl/boxes/" + box.ID)
	for _, word := range []string{"外壳打开过，还没有人看过", since.In(window.Zone()).Format("15:04"), "两人检查封条", "一份不丢"} {
		if !strings.Contains(textOf(page), word) {
			t.Errorf("the page does not say %q", word)
		}
	}
	if _, list := w.as("te").get("/gl/boxes"); !strings.Contains(textOf(list), "不接新考生") || !strings.Contains(textOf(list), "外壳打开过") {
		t.Error("the list does not say it")
	}
	w.fleet.Say(box.ID, fleet.Word{Epoch: box.Epoch, Head: 2, Live: fleet.Live{Blocked: "a word of tomorrow", BlockedSince: 1}})
	if _, page := w.as("te").get("/gl/boxes/" + box.ID); !strings.Contains(textOf(page), "工作台首页写着原因") {
		t.Error("a word that this hub does not know is not said to be one")
	}
	w.fleet.Say(box.ID, fleet.Word{Epoch: box.Epoch, Head: 2})
	if _, page := w.as("te").get("/gl/boxes/" + box.ID); strings.Contains(textOf(page), "不接新考生") {
		t.Error("a box that serves is said to be stopped")
	}
}
