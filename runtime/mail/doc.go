// Package mail is the model of what a mail store tells about itself: RFC 5423
// events, the transaction that groups them, and the user and mailboxes they
// concern. It has no Lua in it and knows nothing of how a transaction is
// played; it must stay that way, and must not import anything else of luapush.
//
// A transaction has one written form, the transaction document: one JSON
// object, one a line in a file (spec/transaction.schema.json). Reading goes
//
//	r := mail.NewReader(file, "inbox.jsonl")
//	for {
//		txn, err := r.Next() // *FormatError names file, line and field
//		if err == io.EOF {
//			break
//		}
//		…
//	}
//
// and writing goes through a Writer, or through Transaction.AppendJSON. The
// written form is canonical: known fields in a fixed order, then the unknown
// ones in the order they were read, no blanks. Reading and writing a canonical
// document gives the same bytes.
//
// Three rules hold for every object of a document.
//
//   - A field that is absent stays absent: Dovecot shows scripts the
//     difference between nil and "" (dovecot.md §2.3), so Optional, the Has…
//     booleans and nil lists keep it. null is not a value any field takes.
//   - A string that is not valid UTF-8 is written {"$base64":"…"} and may be
//     written so anywhere a string value stands. Names of fields, settings,
//     metadata keys and mailboxes are JSON member names and always UTF-8.
//   - A field this package does not know is kept, as the JSON it was.
//
// A Transaction and what it holds are plain values: any number of goroutines
// may read one, none may while another writes it. A Reader or Writer belongs to
// one goroutine at a time.
package mail
