// Package pages draws the applicants' pages: their views, templates, words and
// styles, and a gallery of every page in every state.
//
// It knows no request, no domain and no database: a view holds what is shown,
// in words or as keys of the catalogue. The visual language is that of the
// project (package page holds tokens and components); what an applicant reads
// is in the words of people who rarely use computers.
//
// How it fails: New refuses templates and phrases that are wrong; Render gives
// an error and no half page.
package pages
