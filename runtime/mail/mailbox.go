package mail

// Mailbox is what is known of one mailbox when the transaction ended: what
// mailbox:status and mailbox:metadata_get answer (dovecot.md §6.2).
type Mailbox struct {
	// Name is the storage name, with the storage's separator, and VName the
	// name the user sees, which is also the mailbox's key in the document.
	// Where the document leaves them out, Next sets VName to the key and Name
	// to VName.
	Name, VName string

	Status   Status
	Metadata Map[string] // full key, "/private/comment", to value

	HasStatus bool // the document says something about the status, if only {}

	Unknown []Field
}

// Status is what mailbox:status answers (dovecot.md §6.3): each item on its
// own may be unknown to the document.
type Status struct {
	Messages, Recent, Unseen       Optional[uint32]
	UIDNext, UIDValidity           Optional[uint32]
	FirstUnseenSeq, FirstRecentUID Optional[uint32]
	HighestModseq                  Optional[uint64]
	HighestPvtModseq               Optional[uint64]
	PermanentFlags, Flags          Optional[uint32] // bits, see Flags

	PermanentKeywords, AllowNewKeywords   Optional[bool]
	NonpermanentModseqs, NoModseqTracking Optional[bool]
	HaveGUIDs, HaveSaveGUIDs              Optional[bool]
	HaveOnlyGUID128                       Optional[bool]

	Keywords []string // nil is absent

	Unknown []Field
}

// mailboxFields is one member of the document's "mailboxes", in canonical order.
var mailboxFields = []field[Mailbox]{
	stringField("name", func(m *Mailbox) *string { return &m.Name }),
	stringField("vname", func(m *Mailbox) *string { return &m.VName }),
	objectField("status", func(m *Mailbox) (*Status, *bool) { return &m.Status, &m.HasStatus },
		statusFields, func(s *Status) *[]Field { return &s.Unknown }),
	textMapField("metadata", func(m *Mailbox) *Map[string] { return &m.Metadata }),
}

// statusFields is a mailbox's "status", in canonical order.
var statusFields = []field[Status]{
	countField("messages", func(s *Status) *Optional[uint32] { return &s.Messages }),
	countField("recent", func(s *Status) *Optional[uint32] { return &s.Recent }),
	countField("unseen", func(s *Status) *Optional[uint32] { return &s.Unseen }),
	countField("uidnext", func(s *Status) *Optional[uint32] { return &s.UIDNext }),
	countField("uidvalidity", func(s *Status) *Optional[uint32] { return &s.UIDValidity }),
	countField("first_unseen_seq", func(s *Status) *Optional[uint32] { return &s.FirstUnseenSeq }),
	countField("first_recent_uid", func(s *Status) *Optional[uint32] { return &s.FirstRecentUID }),
	modseqField("highest_modseq", func(s *Status) *Optional[uint64] { return &s.HighestModseq }),
	modseqField("highest_pvt_modseq", func(s *Status) *Optional[uint64] { return &s.HighestPvtModseq }),
	countField("permanent_flags", func(s *Status) *Optional[uint32] { return &s.PermanentFlags }),
	countField("flags", func(s *Status) *Optional[uint32] { return &s.Flags }),
	boolField("permanent_keywords", func(s *Status) *Optional[bool] { return &s.PermanentKeywords }),
	boolField("allow_new_keywords", func(s *Status) *Optional[bool] { return &s.AllowNewKeywords }),
	boolField("nonpermanent_modseqs", func(s *Status) *Optional[bool] { return &s.NonpermanentModseqs }),
	boolField("no_modseq_tracking", func(s *Status) *Optional[bool] { return &s.NoModseqTracking }),
	boolField("have_guids", func(s *Status) *Optional[bool] { return &s.HaveGUIDs }),
	boolField("have_save_guids", func(s *Status) *Optional[bool] { return &s.HaveSaveGUIDs }),
	boolField("have_only_guid128", func(s *Status) *Optional[bool] { return &s.HaveOnlyGUID128 }),
	listField("keywords", func(s *Status) *[]string { return &s.Keywords }),
}
