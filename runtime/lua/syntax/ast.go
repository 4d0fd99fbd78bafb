package syntax

// Pos is a place in the source: a line and a byte column, both counted from 1.
type Pos struct {
	Line   int32
	Column int32
}

// Chunk is one parsed source text.
type Chunk struct {
	Name   string    // the chunk name as handed to Parse: "@file", "=name", or the text itself
	Source string    // what messages call the chunk (ChunkID of Name)
	Main   *Function // the main function; it is always vararg
	// UsesEnv tells that the text names the chunk's own _ENV, so that globals
	// must go through that variable and cannot be the function environment.
	UsesEnv bool
	// NamesEq, NamesOrder and NamesAdd tell that the text has the name or string
	// __eq, one of __lt and __le, or __add: that it may give values an equality,
	// an order or an addition.
	NamesEq    bool
	NamesOrder bool
	NamesAdd   bool
}

// Function is a function body, the main chunk included.
type Function struct {
	Pos      Pos // of the word function; line 0 for the main chunk
	End      Pos // of the closing end; the end of the text for the main chunk
	Parent   *Function
	Params   []*Local // "self" first where the definition was written with a colon
	IsVararg bool
	Body     *Block
	Upvalues []*Upvalue
	Locals   int // how many Local values the function declares; Local.Slot is below it
	Labels   int // how many labels it has; Label.Slot is below it
}

// Upvalue is a variable of an enclosing function that a function uses.
type Upvalue struct {
	Name  string
	Local *Local // the variable; nil for the chunk's own _ENV
	// FromParent tells where the enclosing function finds it: among its own
	// locals (true) or in its upvalue number Index (false).
	FromParent bool
	Index      int
}

// Attrib is the attribute of a local variable.
type Attrib uint8

// The attributes of Lua 5.4.
const (
	Regular Attrib = iota
	Const
	Close
)

// Local is one local variable, a parameter or loop variable included.
type Local struct {
	Name     string
	Pos      Pos
	Func     *Function
	Slot     int // its number within Func, in the order of declaration
	Attrib   Attrib
	Captured bool // some inner function uses it
	Assigned bool // it is assigned to after its declaration
	Value    Expr // the literal a <const> variable stands for, when it is a compile-time constant
}

// Label is a goto label.
type Label struct {
	Name string
	Pos  Pos
	Slot int // its number within the function
	// Active is how many locals of the function are in scope at the label;
	// jumping to it ends the life of all later ones.
	Active int
	// Last tells that nothing but labels follows it in its block, whose locals
	// are out of scope for it.
	Last bool
}

// Block is a list of statements with a scope of its own.
type Block struct {
	Pos   Pos
	End   Pos // of the token that ends the block
	Stmts []Stmt
}

// Node is any expression or statement.
type Node interface {
	// Position is where the node begins; for a binary operation, the operator.
	Position() Pos
}

// Position returns the place itself, so that every node that embeds a Pos is a Node.
func (p Pos) Position() Pos { return p }

// Expr is an expression.
type Expr interface {
	Node
	expr()
}

// Stmt is a statement.
type Stmt interface {
	Node
	stmt()
}

// The expressions.
type (
	// Nil is the literal nil.
	Nil struct{ Pos }
	// True is the literal true.
	True struct{ Pos }
	// False is the literal false.
	False struct{ Pos }
	// Vararg is "...".
	Vararg struct{ Pos }
	// Number is a numeric literal, or a folded constant expression.
	Number struct {
		Pos
		Value float64
		IsInt bool // Lua 5.4 would make it an integer
		Int   int64
	}
	// String is a string literal.
	String struct {
		Pos
		Value string
	}
	// Name is a use of a variable.
	Name struct {
		Pos
		Name    string
		Kind    NameKind
		Upvalue int    // the number of the upvalue, where Kind is UpvalueName
		Local   *Local // the variable, where Kind is LocalName or UpvalueName (nil for the chunk's _ENV)
		Env     *Name  // for a global, the _ENV that the script declared around it; nil for the chunk's own
	}
	// Index is t.name or t[key].
	Index struct {
		Pos        // of the dot or bracket
		Object     Expr
		Key        Expr
		EndLine    int32 // line of the last token
		FieldStyle bool  // written with a dot
	}
	// Call is f(args) or, where Method is not empty, object:method(args).
	Call struct {
		Pos       // of the opening parenthesis or the single argument
		Func      Expr
		Method    string
		MethodPos Pos
		Args      []Expr
		StartLine int32 // line on which the whole prefix expression begins; errors name it
		EndLine   int32
	}
	// FunctionExpr is a function body used as a value.
	FunctionExpr struct {
		Pos
		Func *Function
	}
	// Table is a table constructor.
	Table struct {
		Pos
		Fields  []Field
		EndLine int32
	}
	// Unary is an operation with one operand.
	Unary struct {
		Pos
		Op      Op
		Operand Expr
	}
	// Binary is an operation with two operands, "and" and "or" included; its
	// position is the operator's.
	Binary struct {
		Pos
		Op      Op
		Left    Expr
		Right   Expr
		EndLine int32 // line of the last token
	}
	// Paren is a parenthesised expression; it cuts a list of values to one.
	Paren struct {
		Pos
		Inner   Expr
		EndLine int32
	}
)

// Field is one item of a table constructor; Key is nil for a positional one.
type Field struct {
	Key   Expr
	Value Expr
	End   int32 // line of the last token of Value
}

// NameKind says what a name means where it stands.
type NameKind uint8

// The kinds of names.
const (
	GlobalName NameKind = iota
	LocalName
	UpvalueName
)

// The statements.
type (
	// LocalStmt is "local a <attrib>, b = …".
	LocalStmt struct {
		Pos
		Names   []*Local
		Values  []Expr
		EndLine int32
	}
	// LocalFunction is "local function f …".
	LocalFunction struct {
		Pos
		Name *Local
		Func *FunctionExpr
	}
	// Assign is "a, t.b = …".
	Assign struct {
		Pos
		Targets []Expr // Name or Index
		Values  []Expr
		EndLine int32
	}
	// FunctionStmt is "function a.b:c …".
	FunctionStmt struct {
		Pos
		Target Expr // Name or Index
		Func   *FunctionExpr
	}
	// CallStmt is a call used as a statement.
	CallStmt struct {
		Pos
		Call *Call
	}
	// Do is "do … end".
	Do struct {
		Pos
		Body *Block
	}
	// While is "while … do … end".
	While struct {
		Pos
		Cond Expr
		Body *Block
	}
	// Repeat is "repeat … until …"; Cond sees the locals of Body.
	Repeat struct {
		Pos
		Body *Block
		Cond Expr
	}
	// If is "if … then … elseif … else … end".
	If struct {
		Pos
		Clauses []IfClause
		Else    *Block // nil where there is none
	}
	// NumericFor is "for i = a, b, c do … end".
	NumericFor struct {
		Pos
		Var    *Local
		Start  Expr
		Limit  Expr
		Step   Expr // nil where there is none
		DoLine int32
		Body   *Block
	}
	// GenericFor is "for k, v in … do … end".
	GenericFor struct {
		Pos
		Names  []*Local
		Values []Expr
		InLine int32 // line of the first token after "in"; errors of the iterator name it
		DoLine int32
		Body   *Block
	}
	// Return is "return …".
	Return struct {
		Pos
		Values  []Expr
		EndLine int32
	}
	// Break is "break".
	Break struct{ Pos }
	// Goto is "goto name".
	Goto struct {
		Pos
		Name  string
		Label *Label
	}
	// LabelStmt is "::name::".
	LabelStmt struct {
		Pos
		Label *Label
	}
)

// IfClause is one condition of an If with its block.
type IfClause struct {
	Pos  Pos // of the word if or elseif
	Cond Expr
	Body *Block
}

func (*Nil) expr()          {}
func (*True) expr()         {}
func (*False) expr()        {}
func (*Vararg) expr()       {}
func (*Number) expr()       {}
func (*String) expr()       {}
func (*Name) expr()         {}
func (*Index) expr()        {}
func (*Call) expr()         {}
func (*FunctionExpr) expr() {}
func (*Table) expr()        {}
func (*Unary) expr()        {}
func (*Binary) expr()       {}
func (*Paren) expr()        {}

func (*LocalStmt) stmt()     {}
func (*LocalFunction) stmt() {}
func (*Assign) stmt()        {}
func (*FunctionStmt) stmt()  {}
func (*CallStmt) stmt()      {}
func (*Do) stmt()            {}
func (*While) stmt()         {}
func (*Repeat) stmt()        {}
func (*If) stmt()            {}
func (*NumericFor) stmt()    {}
func (*GenericFor) stmt()    {}
func (*Return) stmt()        {}
func (*Break) stmt()         {}
func (*Goto) stmt()          {}
func (*LabelStmt) stmt()     {}
