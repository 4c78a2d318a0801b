package main

// stickWords is what the panel says about the USB port: key → Chinese, English.
var stickWords = map[string][2]string{
	"menu.stick": {"U 盘", "USB stick"},
	"stick.path": {"U 盘口", "USB port"},

	"port":          {"插哪个 U 盘？", "Which stick?"},
	"port.hint":     {"终端一直把记录加密写到插着的 U 盘上，最多晚 10 秒。断网、终端坏了，拔下来带到省中心“导入 U 盘”。", "The box keeps writing its records, encrypted, to the stick that is in, at most 10 seconds late. Without network, or when the box is broken, pull it out and bring it to the hub, under 导入 U 盘."},
	"port.cannot":   {"这台电脑演不了 U 盘：挂载 U 盘要 root。请用 root 再运行 make run。", "This machine cannot play a stick: mounting one takes root. Run make run as root."},
	"port.in":       {"插着", "in the port"},
	"port.put":      {"插上", "Put it in"},
	"port.pull":     {"拔下来", "Pull it out"},
	"port.open":     {"看里面的文件", "See its files"},
	"port.wipe":     {"换成新的", "Make it new"},
	"port.files":    {"里面的文件：", "Its files: "},
	"port.none":     {"里面没有文件", "There is no file on it"},
	"port.none.do":  {"插到终端上，等几秒再拔下来看。", "Put it into the box for some seconds, then look again."},
	"port.foreign":  {"这种格式没有文件可看。", "Nothing can be read of this format."},
	"port.file":     {"文件", "File"},
	"port.size":     {"字节", "Bytes"},
	"port.save":     {"取下来", "Copy it"},
	"port.carry":    {"取下来的文件，在省中心“导入 U 盘”里选。重复导入也没关系，一条只算一次。", "Choose the files that you copied under 导入 U 盘 at the hub. Twice does no harm: a record counts once."},
	"stick.whole":   {"好的 U 盘", "A stick in order"},
	"stick.other":   {"另一个好的", "Another one in order"},
	"stick.small":   {"快满了的", "One that is nearly full"},
	"stick.locked":  {"写保护的", "A write-protected one"},
	"stick.foreign": {"exFAT 格式的", "One with exFAT"},

	"stick.whole.why":   {"终端应当说记录都在 U 盘上。", "The box should say that its records are on it."},
	"stick.other.why":   {"换一个插上，还没有回执的应当都补写一遍。", "Changed for this one, all without a receipt should be written again."},
	"stick.small.why":   {"终端应当说 U 盘满了，换一个。", "The box should say that it is full."},
	"stick.locked.why":  {"终端应当说写不进去。", "The box should say that it cannot be written to."},
	"stick.foreign.why": {"终端应当说这个 U 盘不能用。", "The box should say that it cannot be used."},
}
