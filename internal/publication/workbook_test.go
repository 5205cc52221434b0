package publication_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf16"
)

// xlsFile writes a workbook as Excel 97 does, with records that the published
// files do not happen to hold.
type xlsFile struct {
	globals bytes.Buffer // records between the first BOF and the sheets
	sheets  []xlsSheet
}

type xlsSheet struct {
	name   string
	hidden bool
	body   bytes.Buffer // records between the sheet's BOF and EOF
}

// biff makes one record.
func biff(id uint16, fields ...any) []byte {
	var data bytes.Buffer
	for _, f := range fields {
		if err := binary.Write(&data, binary.LittleEndian, f); err != nil {
			panic(err)
		}
	}
	return append(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, id), uint16(data.Len())), data.Bytes()...)
}

// wide is text of two bytes a character after its length and flag.
func wide(text string) []byte {
	units := utf16.Encode([]rune(text))
	b := append(binary.LittleEndian.AppendUint16(nil, uint16(len(units))), 1)
	for _, u := range units {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// narrow is text of one byte a character after its length and flag.
func narrow(text string) []byte {
	return append(append(binary.LittleEndian.AppendUint16(nil, uint16(len(text))), 0), text...)
}

var (
	workbookBOF = biff(0x0809, uint16(0x0600), uint16(0x0005), make([]byte, 12))
	sheetBOF    = biff(0x0809, uint16(0x0600), uint16(0x0010), make([]byte, 12))
	chartBOF    = biff(0x0809, uint16(0x0600), uint16(0x0020), make([]byte, 12))
	endOfStream = biff(0x000a)
)

func (f *xlsFile) stream() []byte {
	stream := append(bytes.Clone(workbookBOF), f.globals.Bytes()...)
	var positions []int
	for _, s := range f.sheets {
		positions = append(positions, len(stream)+4)
		state := uint8(0)
		if s.hidden {
			state = 1
		}
		stream = append(stream, biff(0x0085, uint32(0), state, uint8(0), uint8(len(s.name)), uint8(0), []byte(s.name))...)
	}
	stream = append(stream, endOfStream...)
	for i, s := range f.sheets {
		binary.LittleEndian.PutUint32(stream[positions[i]:], uint32(len(stream)))
		stream = append(stream, sheetBOF...)
		stream = append(stream, s.body.Bytes()...)
		stream = append(stream, endOfStream...)
	}
	return stream
}

func (f *xlsFile) bytes() []byte { return compound("Workbook", f.stream()) }

// compound wraps a stream in a compound file of 512-byte sectors.
func compound(name string, stream []byte) []byte {
	const sector, end, free, fatMark = 512, 0xfffffffe, 0xffffffff, 0xfffffffd
	size := max(len(stream), 4096) // a smaller one would belong in a mini stream
	stream = append(bytes.Clone(stream), make([]byte, (size+sector-1)/sector*sector-len(stream))...)
	streamSectors := len(stream) / sector
	fatSectors := 1
	for (fatSectors+1+streamSectors)*4 > fatSectors*sector {
		fatSectors++
	}
	fat := make([]uint32, fatSectors*sector/4)
	for i := range fat {
		switch {
		case i < fatSectors:
			fat[i] = fatMark
		case i == fatSectors: // the directory
			fat[i] = end
		case i < fatSectors+streamSectors:
			fat[i] = uint32(i + 1)
		case i == fatSectors+streamSectors:
			fat[i] = end
		default:
			fat[i] = free
		}
	}
	var out bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			if err := binary.Write(&out, binary.LittleEndian, v); err != nil {
				panic(err)
			}
		}
	}
	put([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 16), uint16(0x3e), uint16(3), uint16(0xfffe), uint16(9), uint16(6),
		make([]byte, 10), uint32(fatSectors), uint32(fatSectors), uint32(0), uint32(4096), uint32(end), uint32(0), uint32(end), uint32(0))
	for i := range 109 {
		if i < fatSectors {
			put(uint32(i))
		} else {
			put(uint32(free))
		}
	}
	put(fat)
	entry := func(name string, kind uint8, child, start uint32, size int) {
		raw := make([]uint16, 32)
		copy(raw, utf16.Encode([]rune(name)))
		put(raw, uint16(2*len(name)+2), kind, uint8(1), uint32(free), uint32(free), child, make([]byte, 16), uint32(0),
			make([]byte, 16), start, uint32(size), uint32(0))
	}
	entry("Root Entry", 5, 1, end, 0)
	entry(name, 2, free, uint32(fatSectors+1), size)
	put(make([]byte, 2*128), stream)
	return out.Bytes()
}

// everyRecord is a workbook with each kind of cell.
func everyRecord() *xlsFile {
	f := &xlsFile{sheets: []xlsSheet{{name: "Cells"}, {name: "Notes", hidden: true}}}
	f.globals.Write(biff(0x01c1, uint16(0x01c1), uint16(0), uint32(0x00011e7c))) // calculated by Excel
	f.globals.Write(biff(0x041e, uint16(164), narrow(`"w/e" dd\-mmm\-yy`)))
	f.globals.Write(biff(0x041e, uint16(165), narrow(`[h]:mm`)))
	for _, format := range []uint16{0, 14, 22, 164, 165, 20} {
		f.globals.Write(biff(0x00e0, uint16(0), format, make([]byte, 16)))
	}
	// The shared texts: plain, with formatting, with pronunciation, and one that
	// is continued within its characters in another width.
	long := narrow("Nottingham and ")
	binary.LittleEndian.PutUint16(long, 15+16)
	f.globals.Write(biff(0x00fc, uint32(4), uint32(4), narrow("Devon"),
		uint16(5), uint8(8), uint16(1), []byte("Leeds"), uint32(7),
		uint16(4), uint8(5), uint32(3), utf16.Encode([]rune("Håga")), []byte("abc"), long))
	f.globals.Write(biff(0x003c, uint8(1), utf16.Encode([]rune("Nottinghamshire…"))))

	number := func(v float64) uint64 { return math.Float64bits(v) }
	cells := &f.sheets[0].body
	for i := range 4 {
		cells.Write(biff(0x00fd, uint16(0), uint16(i), uint16(0), uint32(i)))
	}
	cells.Write(biff(0x0203, uint16(2), uint16(0), uint16(0), number(2.775e8)))
	cells.Write(biff(0x0203, uint16(2), uint16(1), uint16(0), number(47208.42857142857)))
	cells.Write(biff(0x027e, uint16(2), uint16(2), uint16(0), uint32(1234<<2|3)))                                        // 12.34
	cells.Write(biff(0x027e, uint16(2), uint16(3), uint16(0), uint32(number(1.5)>>32)))                                  // the upper half of 1.5
	cells.Write(biff(0x00bd, uint16(2), uint16(4), uint16(0), uint32(0xfffffffe), uint16(0), uint32(7<<2|2), uint16(5))) // -1, 7
	cells.Write(biff(0x0205, uint16(3), uint16(0), uint16(0), uint8(1), uint8(0)))
	cells.Write(biff(0x0205, uint16(3), uint16(1), uint16(0), uint8(0x2a), uint8(1)))
	cells.Write(biff(0x0205, uint16(3), uint16(2), uint16(0), uint8(0x99), uint8(1)))
	cells.Write(biff(0x0203, uint16(3), uint16(3), uint16(0), number(math.NaN())))
	for i, style := range []uint16{1, 2, 3, 4, 5} {
		cells.Write(biff(0x0203, uint16(4), uint16(i), style, number([]float64{42826, 42826.75, 42826, 1.5, .25}[i])))
	}
	cells.Write(chartBOF)
	cells.Write(biff(0x0203, uint16(9), uint16(9), uint16(0), number(1)))
	cells.Write(endOfStream)
	formula := func(column uint16, result [8]byte) {
		cells.Write(biff(0x0006, uint16(6), column, uint16(0), result, uint16(0), uint32(0), uint16(0)))
	}
	formula(0, [8]byte(binary.LittleEndian.AppendUint64(nil, number(math.Nextafter(0.3, 1)))))
	formula(1, [8]byte{0, 0, 0, 0, 0, 0, 0xff, 0xff})
	cells.Write(biff(0x0207, wide("текст")))
	formula(2, [8]byte{1, 0, 1, 0, 0, 0, 0xff, 0xff})
	formula(3, [8]byte{2, 0, 7, 0, 0, 0, 0xff, 0xff})
	formula(4, [8]byte{3, 0, 0, 0, 0, 0, 0xff, 0xff})
	cells.Write(biff(0x0207, narrow("belongs to no formula")))
	cells.Write(biff(0x0204, uint16(1), uint16(1), uint16(0), narrow("label out of order")))
	cells.Write(biff(0x0201, uint16(8), uint16(0), uint16(0))) // a blank
	f.sheets[1].body.Write(biff(0x0204, uint16(0), uint16(0), uint16(0), wide("hidden")))
	return f
}
