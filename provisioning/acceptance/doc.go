// Package acceptance compares a machine with the least that the campaign asks
// of its office (demand A9), and makes the sheet on which technician and head of
// office sign what was found.
//
// Probe looks at the machine: processor, memory and disks as the kernel tells
// them, devices through the drivers that the box uses. Compare holds these Facts
// against a campaign.Kit, and is pure. Check does both; Checked.Sheet is the
// paper. It names models, and no serial number of anything.
//
// What the machine cannot tell of itself, the maximum clock of many ARM
// processors say, or whether a printer is fast, is neither passed nor failed but
// asked: the technician reads the plate and signs.
//
// # How it fails
//
// Probe has no error: what cannot be found out is a Fact of its own, with the
// reason. A failed line says what to do.
package acceptance
