package console

import "time"

func sceneInForce() State { return State{"done", "check", "state.in-force"} }

func sceneArrivals() []Arrival {
	row := func(id, name, number string, unit int, seq uint64, sealed, received string, s State, differs bool) Arrival {
		return Arrival{ID: id, Name: name, Number: number, Point: "岳麓区第 1 报名确认点", Box: "b2k7qaxm4ue", Unit: unit, Sequence: seq,
			Sealed: sceneTime(sealed), Received: sceneTime(received), State: s, Differs: differs}
	}
	return []Arrival{
		row("0a", "向晓兰", "433***********0028", 2, 168, "10:30:51", "10:30:52", sceneInForce(), true),
		row("0b", "买买提·吐尔逊江·阿卜杜热合曼", "653***********0317", 1, 204, "10:30:12", "10:30:12", sceneInForce(), false),
		row("0c", "刘䶮", "430***********1139", 3, 91, "10:29:40", "10:29:41", sceneInForce(), false),
		row("0d", "陈㛃", "431***********2241", 2, 167, "10:26:02", "10:26:03", State{"must", "alert", "state.disputed"}, false),
		row("0e", "欧阳慧", "432***********5526", 1, 203, "08:12:09", "10:25:31", State{"wait", "clock", "state.time-pending"}, false),
		row("0f", "", "430***********001X", 3, 90, "10:24:58", "10:24:59", sceneInForce(), true),
	}
}

func sceneDisputed() []Arrival {
	rows := sceneArrivals()[3:5]
	rows[1].State = rows[0].State
	return rows
}

func scenePointOptions() []Option {
	return []Option{{"43010401", "岳麓区第 1 报名确认点"}, {"43010402", "岳麓区第 2 报名确认点"}}
}

func sceneBoxes() []Box {
	base := Box{ID: "b2k7qaxm4ue", Unit: 2, Point: "43010401", PointName: "岳麓区第 1 报名确认点", State: State{"done", "check", "box.well"},
		Standing: "active", Seen: sceneTime("10:31:09"), Roster: Mark{1187, 1187}, Campaign: Mark{7, 7},
		Devices: []Device{{Name: "device.idcard", State: State{"done", "check", "device.ready"}}},
		Epoch:   1, Head: 168, Receipted: 168, Ended: 168, Kept: 61, Backup: 120, Stick: &BoxStick{In: true}, KeyStore: "tpm", Software: "0.2.0", Screen: "screen.busy",
		FreeDisk: 5 << 30, Uptime: 26 * time.Hour, Enrolled: sceneTime("08:02:11").AddDate(0, 0, -4)}
	sending := base
	sending.ID, sending.Unit, sending.State = "b5xw3oqh2ma", 1, State{"wait", "clock", "box.waiting"}
	sending.Waiting, sending.Oldest, sending.Receipted, sending.Head = 12, sceneTime("09:58:40"), 192, 204
	sending.Roster = Mark{1140, 1187}
	silent := base
	silent.ID, silent.Unit, silent.State, silent.Seen = "bq4zr6tnyc3", 3, State{"wait", "net", "box.silent"}, sceneTime("08:41:00")
	silent.Gaps, silent.Head, silent.Receipted, silent.KeyStore = []Gap{{88, 88}, {90, 92}}, 95, 87, "file"
	frozen := base
	frozen.ID, frozen.Unit, frozen.State, frozen.Standing = "b7hdm2vka5p", 4, State{"must", "lock", "box.frozen"}, "frozen"
	frozen.Screen = "screen.blocked"
	fault := base
	fault.ID, fault.Unit, fault.State, fault.Screen = "bc3lu7yse6f", 5, State{"must", "alert", "box.fault"}, "screen.reader"
	fault.KeyStore = "machine"
	fault.Devices = []Device{{Name: "device.idcard", State: State{"must", "cross", "device.fault"}, Fault: "线路不好，请查插头"}}
	filling := base
	filling.ID, filling.Unit, filling.State, filling.FreeDisk = "bd3mt6xko5r", 9, State{"wait", "alert", "box.filling"}, 1400<<20
	filling.Devices = append(filling.Devices[:1:1], Device{Name: "device.storage", State: State{"wait", "alert", "device.filling"}, Fault: "存储盘已用到 80% 以上",
		Do: "照常办理。先看待上传是不是送得出去；网络正常还不下降，请技术员清出空间或换盘。剩余不到 5% 时终端不再接新的考生，已受理的一份不丢。"})
	slow := base
	slow.ID, slow.Unit, slow.State = "bk2ow7vrc4h", 12, State{"wait", "alert", "box.stick.look"}
	slow.Stick = &BoxStick{In: true, Records: 412, Bytes: 17 << 20, Behind: 12500 * time.Millisecond}
	slow.Devices = append(slow.Devices[:1:1], Device{Name: "device.stick", State: State{"wait", "alert", "box.stick.look"}, Fault: "U盘落后10秒以上",
		Do: "刚插上的，等它补完，别拔；过了十分钟还没跟上，换一个快的。终端照常办理。"})
	calling := base
	calling.ID, calling.Unit, calling.State = "bf6kn4wqd3x", 8, State{"must", "hand", "box.help"}
	calling.Devices = append(calling.Devices[:1:1], Device{Name: "device.help", State: State{"must", "hand", "help.called"}})
	gone := base
	gone.ID, gone.Unit, gone.State, gone.Standing = "bo2qv5jtz4n", 6, State{"open", "cross", "box.revoked"}, "revoked"
	fresh := Box{ID: "bw6ya3ipe7r", Unit: 7, Point: "43010401", PointName: base.PointName, State: State{"open", "clock", "box.never"},
		Standing: "active", Roster: Mark{0, 1187}, Campaign: Mark{0, 7}, Epoch: 1, KeyStore: "tpm", Enrolled: sceneTime("10:20:00")}
	opened := base
	opened.ID, opened.Unit, opened.State, opened.Screen = "bp5wz7cka2h", 10, State{"must", "lock", "box.stopped"}, "screen.blocked"
	opened.Stop, opened.StopSince = "stop.tamper", sceneTime("09:40:00")
	lonely := silent
	lonely.ID, lonely.Unit, lonely.Seen, lonely.StopsAt = "bt6yu2mxe4q", 11, sceneTime("08:41:00").AddDate(0, 0, -15), sceneTime("08:41:00").AddDate(0, 0, 6)
	lonely.Waiting, lonely.Oldest = 418, sceneTime("08:50:00").AddDate(0, 0, -15)
	return []Box{base, sending, silent, frozen, fault, filling, slow, calling, gone, fresh, opened, lonely}
}

func scenePoints() Points {
	hours := "8:30—12:00，14:00—17:30"
	return Points{Total: 2, Found: 2, Declare: "#", Places: []Option{{"430100", "长沙市"}, {"430104", "　岳麓区"}}, Rows: []Point{
		{Code: "43010401", Name: "岳麓区第 1 报名确认点", Division: "长沙市岳麓区", Address: "麓山南路 12 号，区教育局一楼", Contact: "李晓雯", Phone: "0731-55500123", Hours: hours, Medical: true, Open: true, Begun: 431, Registered: 412, Confirmed: 168, Boxes: 6, Asked: 8},
		{Code: "43010402", Name: "岳麓区第 2 报名确认点", Division: "长沙市岳麓区", Address: "望城坡商业街 3 号", Contact: "谭丽", Phone: "0731-55500177", Levels: []string{"高起专", "专升本"}, Minors: true, Registered: 233, Confirmed: 0},
	}}
}

func sceneEntries() []Entry {
	return []Entry{
		{Number: 1204, At: sceneTime("10:30:52"), Author: "终端 b2k7qaxm4ue", Act: "act.confirmation.received", Subject: "e3a1…90c4", Link: "#", Hash: "5f02c9aa"},
		{Number: 1203, At: sceneTime("10:29:03"), Author: "邓志远", Act: "act.record.viewed", Subject: "77b0…12de", Link: "#", Reason: "电话核对本人", Detail: "number", Hash: "c7713be0"},
		{Number: 1202, At: sceneTime("10:20:47"), Author: "邓志远", Act: "act.box.frozen", Subject: "b7hdm2vka5p", Link: "#", Reason: "门锁被撬，等人到场", Hash: "08be11d2"},
		{Number: 1201, At: sceneTime("10:20:11"), Author: "省中心", Act: "act.record.quarantined", Subject: "9d2c…a631", Link: "#", Detail: "fork", Hash: "aa2915c0"},
		{Number: 1200, At: sceneTime("10:01:30"), Author: "谭丽华", Act: "act.staff.signed-in", Subject: "谭丽华", Hash: "1e4477c3"},
	}
}

// sceneJournalEntry is one entry and its proof.
func sceneJournalEntry(state State) JournalEntry {
	return JournalEntry{Entry: sceneEntries()[2], ID: "15c1b0c4d8e5f607a1b2c3d4e5f60718", Source: "10.11.0.4", Kind: "subject.box", Whole: "b7hdm2vka5p", Place: "岳麓区", Point: "岳麓区第 1 报名确认点",
		Facts: []Fact{{Label: "机号", Value: "2"}}, Before: "#", Newest: Checkpoint{Number: 1204, At: sceneTime("10:31:19"), State: State{"done", "check", "journal.checkpoint.good"}},
		Proof: Proof{State: state, Content: "08be11d2f1", Before: "aa2915c0d0", Chain: "5f02c9aa77", Signed: 1203, Hash: "b81c04f752aa9e30", At: sceneTime("10:30:19"), Between: 1}}
}

func sceneJournal(s State, note string) Journal {
	return Journal{Rows: sceneEntries(), Older: "#", Checkpoint: Checkpoint{Number: 1204, At: sceneTime("10:31:19"), Hash: "b81c 04f7 52aa 9e30", State: s, Note: note},
		Acts: []OptionGroup{{"确认", []Option{{"confirmation.", "确认：全部"}, {"confirmation.received", "收到确认"}}}}, Kinds: []Option{{"box", "终端"}},
		Divisions: []Option{{"430104", "岳麓区"}}, Points: scenePointOptions(), Staff: []Option{{"s1", "邓志远　dengzy"}},
		Check: &JournalCheck{May: true, By: "邓志远", Began: sceneTime("09:00:00"), Ended: sceneTime("09:00:41"), Done: 1190, Total: 1190, Share: 100, Checkpoints: 61}}
}
