package repair

import vm "github.com/yuin/gopher-lua"

// The machine's instruction format (opcode.go of gopher-lua): six bits of
// operation, eight of A, nine of C, nine of B; Bx is C and B together, and a
// jump's distance is Bx less half its range.
const (
	maxRegister = 254    // NumUsedRegisters must stay above it within a byte
	constantBit = 1 << 8 // in B or C: a constant and not a register
	maxBx       = 1<<18 - 1
	jumpZero    = maxBx >> 1
	maxC        = 1<<9 - 1
)

type instruction uint32

func abc(op, a, b, c int) instruction { return instruction(op<<26 | a<<18 | c<<9 | b) }
func abx(op, a, bx int) instruction   { return instruction(op<<26 | a<<18 | bx) }

func (i instruction) op() int { return int(i >> 26) }
func (i instruction) a() int  { return int(i>>18) & 0xff }
func (i instruction) b() int  { return int(i & 0x1ff) }
func (i instruction) c() int  { return int(i>>9) & maxC }
func (i instruction) bx() int { return int(i & maxBx) }

// target is where a jump at pc goes to.
func (i instruction) target(pc int) int { return pc + 1 + i.bx() - jumpZero }

var arithmetic = [...]int{ // by syntax.Op
	1: vm.OP_ADD, 2: vm.OP_SUB, 3: vm.OP_MUL, 4: vm.OP_MOD, 5: vm.OP_POW, 6: vm.OP_DIV,
}
