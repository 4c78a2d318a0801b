// Package org knows where things lie and who answers for them: divisions
// (行政区划) by date, offices (招考机构) and points (报名确认点).
//
// It knows no person and no right but one: Covers says whether a place lies in
// an office's remit (管辖), which is the subtree of its division. What a role
// may do there is decided elsewhere.
//
// A division of former days lies in the remit of its heir: what was entered in
// 宁乡县 is 宁乡市's to answer for.
//
// How it fails: ErrNotFound, ErrTaken, ErrPoint and ErrChanged are refusals; all
// else is a fault of the database.
package org
