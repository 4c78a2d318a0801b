package main

// backupWords are the texts of the command backup, Chinese and English.
var backupWords = map[string][2]string{
	"backup-begun": {"第 %d 次备份开始：%d 台终端，%d 条记录。\n现在复制数据库（PostgreSQL 用 pg_dump），复制完再复制 blobs.db* 和 checkpoints.log；把副本恢复到另一处，再运行：\n  hubctl backup done %[1]d --copy 副本的地址",
		"Backup %d has begun: %d boxes, %d records.\nNow copy the database (pg_dump of PostgreSQL), and when that is done blobs.db* and checkpoints.log; restore the copy somewhere else, then run:\n  hubctl backup done %[1]d --copy URL-OF-THE-COPY"},
	"backup-done": {"第 %d 次备份完成。从现在起，终端不再保留其中的记录（当天的除外）。这份副本要留到下一次备份完成；恢复时只用它，不用更早的。",
		"Backup %d is finished. From now on boxes let go of the records in it, but for those of the day. Keep this copy until the next backup is finished, and restore from it and from none before it."},
	"backup-copy":          {"请写 --copy 副本的地址，让 hubctl 读一遍副本；确实没有人读过，写 --unread，由您负责。", "Give --copy with the copied database, so that hubctl reads it back; or --unread if nobody has, and you answer for it."},
	"backup-unreadable":    {"副本打不开，备份没有完成：%s", "The copy cannot be read; the backup is not finished: %s"},
	"backup-lacks-begin":   {"副本里没有第 %d 次备份的开始：复制得太早，或者不是这一次的。请从 hubctl backup begin 重来。", "The copy does not know of backup %d: it was copied too early, or is another's. Begin again with hubctl backup begin."},
	"backup-lacks-records": {"副本里缺第 %d 次备份开始时已有的记录，不能用。请重新复制。", "The copy lacks records that were here when backup %d began. Copy again."},
	"backup-not-open":      {"没有等着完成的这一次备份：没有开始过，已经完成，或有更新的已完成。看 hubctl backup list。", "No such backup waits to be finished: it was never begun, is finished, or a newer one is. See hubctl backup list."},
	"backup-none":          {"还没有做过备份，终端保留着每一条记录。请用 hubctl backup begin 开始。", "There is no backup yet, and boxes keep every record. Begin with hubctl backup begin."},
	"backup-open":          {"未完成", "not finished"},
	"backup-line":          {"第 %d 次　开始 %s　完成 %s　终端 %d 台　记录 %d 条", "backup %d   begun %s   finished %s   %d boxes   %d records"},
}
