package desk

func stickWords() map[string]word {
	return map[string]word{
		"stick":        {"U 盘", "Stick"},
		"stick-none":   {"没有插", "none is in"},
		"stick-well":   {"已写全，和本机一样", "holds all that this machine holds"},
		"stick-lack":   {"还差 %d 份（约 %d MB），最久的等了 %d 秒", "lacks %d records (about %d MB); the first has waited %d s"},
		"stick-out":    {"断网，也没有插 U 盘：待上传的只在这台机器上", "No network and no stick: what waits to be sent is on this machine only"},
		"stick-out-x":  {"请在专用的 U 盘口插一个 U 盘，几秒就写好，机器坏了也不丢。", "Put a stick into its socket. It is written within seconds, and nothing is lost if the machine dies."},
		"stick-full":   {"U 盘满了", "The stick is full"},
		"stick-full-x": {"请换一个有空的 U 盘。换下的交县招办导入，别格式化。", "Put in one with room. Hand the full one to the county to be read in; do not erase it."},

		"stick-readonly":   {"U 盘写不进去", "The stick cannot be written to"},
		"stick-readonly-x": {"请拔下来，看看写保护开关；不是开关的事，就换一个。", "Take it out and look at its switch. If it is not the switch, use another."},
		"stick-unusable":   {"U 盘用不了", "The stick cannot be used"},
		"stick-unusable-x": {"这里只认 FAT32 和 ext4 格式，请换一个 U 盘。", "Only FAT32 and ext4 are known here. Use another stick."},
		"stick-failing":    {"U 盘出错", "The stick fails"},
		"stick-failing-x":  {"请拔下来再插一次；还是这样，就换一个。换下的别丢，交县招办。", "Take it out and put it in again; if that does not help, use another. Keep the old one for the county."},
		"stick-behind":     {"U 盘写得慢，没有跟上", "The stick is slow and lies behind"},
		"stick-behind-x":   {"刚插上的，等它补完，别拔。过了十分钟还没跟上，请换一个快的。办理照常，不用等。", "If it has just been put in, leave it in until it has caught up. If it still has not after ten minutes, use a faster one. Visits go on and do not wait."},
	}
}
