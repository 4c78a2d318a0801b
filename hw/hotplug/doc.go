// Package hotplug tells when the device behind a configured path comes and
// goes. The path may be a device node, a udev link (/dev/serial/by-path/…) or
// any symbolic link that leads to one.
//
// It is not a device manager: it knows one path, opens nothing, and does not
// say whether the device works.
//
// How it fails: it does not. inotify on the directories the path leads through
// makes it quick; where inotify is missing or a directory does not exist yet, a
// look twice a second still finds everything. A device that was replaced
// between two looks is told as gone and come, because its number or inode
// differs.
package hotplug
