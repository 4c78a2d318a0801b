package journal

// A backup of the hub was begun, Detail "backup", "boxes", "records"; and finished,
// Detail "backup", and "read", whether its copy was read back. From then on boxes
// let go of what it holds.
const (
	BackupBegun Act = "backup.begun"
	BackupDone  Act = "backup.done"
)
